// Sites where many companies have a page: a page there is a company's website, but the domain is not the company's.
import { toWordSet } from './word-list.ts'

/** Registrable domains. */
export const SHARED_SITES = toWordSet(
  'facebook.com, fb.com, instagram.com, linkedin.com, xing.com, twitter.com, x.com, youtube.com, tiktok.com',
  'pinterest.com, linktr.ee, google.com, goo.gl, bit.ly, medium.com, notion.site, github.com, etsy.com, ebay.com',
  'ebay.de, amazon.com, amazon.de, yelp.com, crunchbase.com',
)
