// llama.cpp under node-llama-cpp: answers each line on standard input with the seconds of one run and the sum of the new tokens.
// llama_cpp.mjs PACKAGES FILE THREADS NEW IDS: PACKAGES is the node_modules that holds node-llama-cpp, IDS the prompt, joined by commas. With NEW of 0 the
// prompt is read; else that many tokens are chosen greedily after the first, and the seconds are those of one.
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const [packages, file, threadsText, countText, idsText] = process.argv.slice(2);
const [threads, count, ids] = [Number(threadsText), Number(countText), idsText.split(',').map(Number)];
const { getLlama } = await import(pathToFileURL(path.join(packages, 'node-llama-cpp/dist/index.js')).href);
const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, progressLogs: false, maxThreads: threads, logLevel: 'error' });
const model = await llama.loadModel({ modelPath: file });
const context = await model.createContext({ contextSize: 1024, batchSize: 512, threads: { ideal: threads, min: threads }, flashAttention: true });
const sequence = context.getSequence();
process.stdout.write(`ready ${llama.llamaCppRelease.release}\n`);
for await (const line of readline.createInterface({ input: process.stdin })) {
  await sequence.clearHistory();
  let start = performance.now(), sum = 0, made = 0;
  if (count === 0) {
    await sequence.evaluateWithoutGeneratingNewTokens(ids);
    process.stdout.write(`${(performance.now() - start) / 1000}\n`);
    continue;
  }

  for await (const token of sequence.evaluate(ids, { temperature: 0, yieldEogToken: true })) {
    start = made++ === 0 ? performance.now() : start;
    sum += token;
    if (made > count) break;
  }

  process.stdout.write(`${(performance.now() - start) / 1000 / (made - 1)} ${sum}\n`);
}

process.exit(0);
