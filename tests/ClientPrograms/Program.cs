using ClientPrograms;

// A question with an SDK as people use it, and with whatever credential it finds by itself. Prints the answer's one line.
return args switch
{
    ["anthropic"] => await Client.RunAsync(() => AnthropicQuestion.AskAsync(until: null)),
    ["anthropic", var file] => await Client.RunAsync(() => AnthropicQuestion.AskAsync(file)),
    ["aws"] => await Client.RunAsync(AwsQuestion.AskAsync),
    ["google-file", var url] => await Client.RunAsync(() => GoogleQuestion.AskWithFileAsync(url)),
    ["google-program", var url] => await Client.RunAsync(() => GoogleQuestion.AskWithProgramAsync(url)),
    ["google-token", var url] => await Client.RunAsync(() => GoogleQuestion.AskWithTokenAsync(url)),
    _ => Client.Usage(),
};
