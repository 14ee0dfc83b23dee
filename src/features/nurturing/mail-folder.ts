/** Where mail goes without a mail server; pages show it. */
export { mailFolder } from '../../connectors/mail/file-courier.ts'
