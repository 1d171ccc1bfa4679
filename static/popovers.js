/* The content of a popover is at the end of the page, where Tab would come last. From the button that opened it, Tab
   leads into it; Escape closes it and leads back. */
addEventListener('keydown', event => {
  if (event.key !== 'Tab' || event.shiftKey) return;
  if (!event.target.matches('[data-testid=stPopoverButton][aria-expanded=true]')) return;
  const controls = ':is(input, button, textarea, [tabindex="0"]):not([disabled])';
  const first = document.querySelector(`[data-testid=stPopoverBody] ${controls}`);
  if (!first) return;
  event.preventDefault();
  first.focus();
});
