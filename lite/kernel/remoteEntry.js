// The container of module federation that JupyterLite asks for the extension, written by hand: it
// shares nothing of its own, so that no bundler is needed.
(() => {
  const here = document.currentScript.src;
  let shared;

  // A module of JupyterLite's own, such as @jupyterlite/services.
  const ofJupyterLite = async name => {
    const [version] = Object.values(shared[name]);
    return (await version.get())();
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB['gmm-companion-kernel'] = {
    init: scope => {
      shared = scope;
    },
    get: async () => {
      const { extension } = await import(new URL('extension.js', here));
      const plugin = extension(await ofJupyterLite('@jupyterlite/services'));
      return () => ({ __esModule: true, default: plugin });
    },
  };
})();
