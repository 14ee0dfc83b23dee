// Markup without innerHTML and without inline style: works under the strictest Content-Security-Policy, and no text of
// a form can ever become code.

/** An element; attributes that are null or false are left out, true stands alone, functions become listeners. */
export function element(tag, attributes, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === 'function') node.addEventListener(name, value)
    else if (value === true) node.setAttribute(name, '')
    else if (value !== null && value !== false && value !== undefined) node.setAttribute(name, value)
  }
  node.append(...children.filter((child) => child))
  return node
}
