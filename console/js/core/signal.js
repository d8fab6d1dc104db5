// Values that remember who reads them. An effect runs at once and again after any value it read has changed;
// what it made (inner effects, clean-ups) ends before it runs again and when its scope ends.

let running = null;
let scope = null;
let depth = 0;
const pending = new Set();

/** @template T @param {T} value */
export function signal(value) {
  const readers = new Set();
  return {
    get value() {
      if (running) {
        readers.add(running);
        running.sources.add(readers);
      }
      return value;
    },
    set value(next) {
      if (Object.is(value, next)) return;
      value = next;
      for (const effect of readers) pending.add(effect);
      if (depth === 0) flush();
    },
    /** Read without being told of changes. */
    peek: () => value,
  };
}

/** A value that follows from others. */
export function computed(derive) {
  const result = signal(undefined);
  effect(() => {
    result.value = derive();
  });
  return result;
}

/** Several changes, one run of whoever reads them. */
export function batch(change) {
  depth += 1;
  try {
    return change();
  } finally {
    depth -= 1;
    if (depth === 0) flush();
  }
}

function flush() {
  depth += 1;
  try {
    for (const effect of pending) {
      pending.delete(effect);
      if (!effect.ended) effect.run();
    }
  } finally {
    depth -= 1;
  }
}

export function effect(work) {
  const self = { sources: new Set(), ended: false, run, owned: null };
  function forget() {
    for (const readers of self.sources) readers.delete(self);
    self.sources.clear();
    self.owned?.end();
  }
  function run() {
    forget();
    self.owned = createScope(null);
    const outer = running;
    running = self;
    try {
      self.owned.run(work);
    } finally {
      running = outer;
    }
  }
  onEnd(() => {
    self.ended = true;
    forget();
  });
  run();
}

/** Read signals inside an effect without depending on them. */
export function untracked(work) {
  const outer = running;
  running = null;
  try {
    return work();
  } finally {
    running = outer;
  }
}

/** Have `work` done when the scope that is being filled ends; outside any scope there is no end. */
export function onEnd(work) {
  scope?.ends.push(work);
}

/** Everything made inside `run` ends with `end`. */
export function createScope(parent = scope) {
  const self = {
    ends: [],
    ended: false,
    run(work) {
      const outer = scope;
      scope = self;
      try {
        return work();
      } finally {
        scope = outer;
      }
    },
    end() {
      self.ended = true;
      for (const work of self.ends.splice(0).reverse()) work();
    },
  };
  parent?.ends.push(() => self.end());
  return self;
}
