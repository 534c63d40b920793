// What this page keeps on the machine between two visits: the parts of Python, and a Python that
// has started. All of it can be had again: where nothing can be kept, starting takes longer.

const DATABASE = 'gmm-companion-python';

// The store of one build of the site, whose parts have these names; another build's is removed.
export async function openStore(names) {
  const build = names.join(' ');
  try {
    const database = await promised(openDatabase());
    const objects = mode => database.transaction('things', mode).objectStore('things');
    if ((await promised(objects('readonly').get('build'))) !== build) {
      await promised(objects('readwrite').clear());
      await promised(objects('readwrite').put(build, 'build'));
    }
    return {
      get: key => promised(objects('readonly').get(key)),
      // One that is full keeps nothing.
      put: (key, value) => promised(objects('readwrite').put(value, key)).catch(console.warn),
    };
  } catch (error) {
    console.warn('Nothing can be kept for the next visit:', error);
    return { get: async () => undefined, put: async () => {} };
  }
}

function openDatabase() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore('things');
  return request;
}

function promised(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
