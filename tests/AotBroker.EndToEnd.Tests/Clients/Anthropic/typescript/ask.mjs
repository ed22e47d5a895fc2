// A question with whatever credentials the SDK finds by itself, again and again until the file that is named is there; without
// a name, one question. Prints the last answer.
import { existsSync } from 'node:fs';
import Anthropic from '@anthropic-ai/sdk';

const until = process.argv[2];
const client = new Anthropic();
let message;
do {
  message = await client.messages.create({
    model: 'claude-test',
    max_tokens: 16,
    messages: [{ role: 'user', content: 'Hello' }],
  });
} while (until && !existsSync(until));
console.log(message.content[0].text);
