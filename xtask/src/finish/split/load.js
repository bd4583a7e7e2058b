// Static hosts that do not know the type `application/wasm` are common. The bytes are the same, and their digest has been
// checked; only the compiling does not begin before the last of them is there.
async function instantiate(source, imports) {
    const response = await source;
    if (!response.ok) throw new Error(`${response.url} is answered with ${response.status}`);
    if (response.headers.get("content-type") === "application/wasm") {
        return WebAssembly.instantiateStreaming(response, imports);
    }
    return WebAssembly.instantiate(await response.arrayBuffer(), imports);
}
