// The kernel "Python 3" of JupyterLite, which hands each cell to a Python in a Web Worker.

import { Interpreter } from './interpreter.js';

const SPEC = {
  name: 'python3',
  // As ipykernel has it, so that a notebook keeps its metadata, wherever it is opened.
  display_name: 'Python 3 (ipykernel)',
  language: 'python',
  argv: [],
  resources: {},
};

export function extension({ BaseKernel, IKernelClient, IKernelSpecs }) {
  const kernels = new Map();

  class Kernel extends BaseKernel {
    constructor(options, contents) {
      super(options);
      this.python = new Interpreter(() => filesBeside(this.location, contents));
      kernels.set(this.id, this);
    }

    dispose() {
      if (this.isDisposed) return;
      this.python.end();
      kernels.delete(this.id);
      super.dispose();
    }

    async kernelInfoRequest() {
      return {
        status: 'ok',
        protocol_version: '5.3',
        implementation: 'gmm-companion',
        implementation_version: '1',
        language_info: {
          name: 'python',
          version: '3',
          mimetype: 'text/x-python',
          file_extension: '.py',
          codemirror_mode: { name: 'ipython', version: 3 },
          pygments_lexer: 'ipython3',
          nbconvert_exporter: 'python',
        },
        banner: '',
        help_links: [],
      };
    }

    async executeRequest({ code, silent }) {
      const count = this.executionCount;
      const show = {
        stream: ({ name, text }) => this.stream({ name, text }),
        display: ({ data }) => this.displayData({ data, metadata: {} }),
        result: ({ data }) =>
          this.publishExecuteResult({ data, metadata: {}, execution_count: count }),
        error: ({ ename, evalue, traceback }) =>
          this.publishExecuteError({ ename, evalue, traceback }),
      };
      const error = await this.python.run(code, count, output => {
        if (!silent) show[output.type](output);
      });
      return error
        ? { status: 'error', execution_count: count, ...error }
        : { status: 'ok', execution_count: count, user_expressions: {}, payload: [] };
    }

    async completeRequest({ code, cursor_pos }) {
      const { matches, start } = await this.python.complete(code, cursor_pos);
      return { status: 'ok', matches, cursor_start: start, cursor_end: cursor_pos, metadata: {} };
    }

    async inspectRequest() {
      return { status: 'ok', found: false, data: {}, metadata: {} };
    }

    async isCompleteRequest() {
      return { status: 'unknown' };
    }

    async commInfoRequest() {
      return { status: 'ok', comms: {} };
    }

    inputReply() {}
    async commOpen() {}
    async commMsg() {}
    async commClose() {}
  }

  return {
    id: 'gmm-companion-kernel:plugin',
    description: 'Python in a Web Worker',
    autoStart: true,
    requires: [IKernelSpecs, IKernelClient],
    activate: (app, specs, client) => {
      specs.register({
        spec: SPEC,
        create: async options => new Kernel(options, app.serviceManager.contents),
      });
      // JupyterLite offers a download by the path, whose folder is no part of a file's name.
      document.addEventListener('click', ({ target }) => {
        if (target.download) target.download = target.download.split('/').pop();
      }, true);
      // JupyterLite's own interrupt drops the cells that wait; the one that runs goes on.
      const dropWaiting = client.interrupt.bind(client);
      client.interrupt = async id => {
        await dropWaiting(id);
        kernels.get(id)?.python.stop();
      };
    },
  };
}

// What lies in a notebook's folder, without the notebooks: names and bytes.
async function filesBeside(folder, contents) {
  const { content } = await contents.get(folder, { content: true });
  const files = content.filter(({ type }) => type === 'file');
  return Promise.all(
    files.map(async ({ name, path }) => {
      const url = await contents.getDownloadUrl(path);
      return [name, new Uint8Array(await (await fetch(url)).arrayBuffer())];
    }),
  );
}
