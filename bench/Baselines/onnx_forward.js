// One ONNX file under ONNX Runtime: answers each line on standard input with the seconds of one run and the mean magnitude of the result.
// onnx_forward.js FILE BATCH POSITIONS VOCABULARY THREADS; NODE_PATH names the folder that holds onnxruntime-node.
const ort = require('onnxruntime-node');
const { performance } = require('perf_hooks');
const [file, batch, positions, vocabulary, threads] = process.argv.slice(2).map((value, index) => (index ? Number(value) : value));

async function main() {
  const session = await ort.InferenceSession.create(file, {
    executionProviders: ['cpu'], graphOptimizationLevel: 'all', intraOpNumThreads: threads, interOpNumThreads: 1,
    executionMode: 'sequential', enableCpuMemArena: true, enableMemPattern: true,
  });
  const ids = BigInt64Array.from({ length: batch * positions }, (_, index) => BigInt((index * 7919) % vocabulary));
  const feeds = { ids: new ort.Tensor('int64', ids, [batch, positions]) };
  const version = require('onnxruntime-node/package.json').version;
  process.stdout.write(`ready ${version}\n`);
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    const start = performance.now();
    const results = await session.run(feeds);
    const seconds = (performance.now() - start) / 1000;
    const values = results[session.outputNames[0]].data;
    let sum = 0;
    for (const value of values) sum += Math.abs(value);
    process.stdout.write(`${seconds} ${sum / values.length}\n`);
  }
}

main().catch(error => { console.error(error); process.exit(1); });
