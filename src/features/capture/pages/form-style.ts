/**
 * How a form looks, on the hosted page and inside the embed alike. Everything an owner may want to change is a CSS
 * variable; `light-dark()` follows the page around it, so an embed in a light page stays light on a dark phone.
 */
export const FORM_STYLE = `
.form {
  --text: var(--lw-text, inherit);
  --muted: var(--lw-muted, #5b6472);
  --accent: var(--lw-accent, #2350c4);
  --on-accent: var(--lw-on-accent, #fff);
  --field: var(--lw-field, #fff);
  --field-text: var(--lw-field-text, #161b24);
  --border: var(--lw-border, #8089a0);
  --fault: var(--lw-fault, #b3201b);
  --fault-tint: var(--lw-fault-tint, #fdf1f0);
  --radius: var(--lw-radius, 8px);
  --gap: var(--lw-gap, 22px);
  color: var(--text);
  font: 16px/1.5 var(--lw-font, inherit);
  display: grid;
  gap: var(--gap);
  max-width: var(--lw-width, 640px);
  text-align: start;
  overflow-wrap: anywhere;
}
@supports (color: light-dark(#000, #fff)) {
  .form {
    --muted: var(--lw-muted, light-dark(#5b6472, #a4adbd));
    --accent: var(--lw-accent, light-dark(#2350c4, #9db7ff));
    --on-accent: var(--lw-on-accent, light-dark(#fff, #0d1a3d));
    --field: var(--lw-field, light-dark(#fff, #12161e));
    --field-text: var(--lw-field-text, light-dark(#161b24, #eef1f6));
    --border: var(--lw-border, light-dark(#8089a0, #6b7488));
    --fault: var(--lw-fault, light-dark(#b3201b, #ffa59e));
    --fault-tint: var(--lw-fault-tint, light-dark(#fdf1f0, #351715));
  }
}
*, ::before { box-sizing: border-box; }
p, fieldset, ul { margin: 0; padding: 0; border: 0; min-width: 0; }
h2 { margin: 0 0 4px; font-size: 1.05em; line-height: 1.35; }
ul { padding-inline-start: 20px; }
a { color: inherit; }
.field { display: grid; gap: 6px; }
.field > label:not(.choice), .field > legend { font-weight: 600; padding: 0; }
.field > legend { margin-block-end: 6px; }
.mark { color: var(--fault); }
.hint, .note { color: var(--muted); font-size: .9em; }
input, select, textarea, button { font: inherit; }
input:not([type=checkbox]), select, textarea {
  width: 100%;
  min-height: 48px;
  padding: 10px 14px;
  color: var(--field-text);
  background: var(--field);
  border: 1px solid var(--border);
  border-radius: var(--radius);
}
textarea { min-height: 132px; resize: vertical; }
select {
  appearance: none;
  padding-inline-end: 40px;
  background: linear-gradient(45deg, #0000 50%, currentColor 50%) calc(100% - 22px) 21px / 6px 6px no-repeat, linear-gradient(-45deg, #0000 50%, currentColor 50%) calc(100% - 16px) 21px / 6px 6px no-repeat, var(--field);
}
select:dir(rtl) { background-position-x: 22px, 16px, 0; }
input[type=file] { padding: 9px; }
input[type=file]::file-selector-button {
  font: inherit;
  font-weight: 600;
  margin-inline-end: 12px;
  padding: 2px 12px;
  color: var(--accent);
  background: none;
  border: 1px solid currentColor;
  border-radius: calc(var(--radius) * .75);
}
:is(input, select, textarea)[aria-invalid=true] { border-color: var(--fault); box-shadow: inset 0 0 0 1px var(--fault); }
:is(input, select, textarea, button, a):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.choice { display: flex; gap: 12px; align-items: flex-start; padding-block: 5px; cursor: pointer; }
input[type=checkbox] { flex: none; width: 22px; height: 22px; margin: 1px 0 0; accent-color: var(--accent); }
.fault { color: var(--fault); font-size: .95em; font-weight: 600; }
.alert { padding: 14px 18px; color: var(--fault); background: var(--fault-tint); border-inline-start: 4px solid var(--fault); border-radius: var(--radius); }
.send {
  justify-self: start;
  min-height: 50px;
  padding: 12px 30px;
  font-weight: 600;
  color: var(--on-accent);
  background: var(--accent);
  border: 1px solid transparent;
  border-radius: var(--radius);
  cursor: pointer;
}
.send:hover { filter: brightness(1.08); }
.send[aria-disabled=true] { opacity: .65; cursor: progress; }
.note:empty { margin-block-start: calc(var(--gap) * -1); }
.alert:focus, .done:focus { outline: none; }
.trap { position: absolute; inset-inline-start: -200vw; width: 1px; height: 1px; overflow: hidden; }
.done { padding: 20px 24px; font-size: 1.1em; background: color-mix(in srgb, var(--accent) 10%, #0000); border-inline-start: 4px solid var(--accent); border-radius: var(--radius); }
.form.done { display: block; }
@media (max-width: 30em) { .send { justify-self: stretch; } }
`
