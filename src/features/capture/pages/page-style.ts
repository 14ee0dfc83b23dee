/** The hosted page around a form: one calm card that fills a phone and floats on a wide screen. */
export const PAGE_STYLE = `
:root {
  color-scheme: var(--lw-color-scheme, light dark);
  --page: var(--lw-page, #f2f4f8);
  --card: var(--lw-card, #fff);
  --ink: var(--lw-text, #161b24);
}
@supports (color: light-dark(#000, #fff)) {
  :root {
    --page: var(--lw-page, light-dark(#f2f4f8, #0d1016));
    --card: var(--lw-card, light-dark(#fff, #181d27));
    --ink: var(--lw-text, light-dark(#161b24, #eef1f6));
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  min-height: 100vh;
  padding: clamp(0px, 5vw, 64px) 0;
  color: var(--ink);
  background: var(--page);
  font: 16px/1.5 var(--lw-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
}
main {
  max-width: 640px;
  margin: 0 auto;
  padding: clamp(24px, 6vw, 56px);
  background: var(--card);
  border-radius: calc(var(--lw-radius, 8px) * 2);
  box-shadow: 0 1px 2px rgb(0 0 0 / .06), 0 12px 40px rgb(0 0 0 / .07);
}
h1 { margin: 0 0 16px; font-size: clamp(1.6rem, 1.2rem + 2vw, 2.1rem); line-height: 1.2; letter-spacing: -.01em; overflow-wrap: anywhere; hyphens: auto; }
@media (max-width: 40em) {
  body { padding: 0; background: var(--card); }
  main { box-shadow: none; border-radius: 0; padding: 28px 20px 48px; }
}
`
