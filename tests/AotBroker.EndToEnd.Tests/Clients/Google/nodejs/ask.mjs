// One question to the address that is named, with the credentials that Google's library finds by itself. Prints the answer.
import { GoogleAuth } from 'google-auth-library';

const auth = new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloud-platform' });
const client = await auth.getClient();
const answer = await client.request({ url: process.argv[2], responseType: 'text' });
console.log(answer.data);
