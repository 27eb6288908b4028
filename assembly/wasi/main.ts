heap.free(heap.alloc(16)); // claim the heap before the first WASI call: a component adapter grows memory, too
console.log("lowrank");
