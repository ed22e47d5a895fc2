// One question with whatever credentials the SDK finds by itself. Prints the answer.
import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
const message = await client.messages.create({
  model: 'claude-test',
  max_tokens: 16,
  messages: [{ role: 'user', content: 'Hello' }],
});
console.log(message.content[0].text);
