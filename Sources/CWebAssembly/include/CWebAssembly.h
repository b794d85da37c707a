// What the core and the embedded standard library take from a C library, for a module of WebAssembly that has none. Its
// headers stand in `headers`.
#pragma once
