/* Streamlit gives the drop zone of an upload the role "presentation" and a name, which contradict each other: a screen
   reader may skip it or read it. A group with that name is what it is. */
new MutationObserver(() => {
  document.querySelectorAll('[data-testid=stFileUploaderDropzone][role=presentation]')
    .forEach(zone => zone.setAttribute('role', 'group'));
}).observe(document, { childList: true, subtree: true });
