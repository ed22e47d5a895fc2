using ClientPrograms;

// One question with an SDK as people use it, and with whatever credential it finds by itself. Prints the answer's one line.
return args switch
{
    ["anthropic"] => await Client.RunAsync(AnthropicQuestion.AskAsync),
    ["aws"] => await Client.RunAsync(AwsQuestion.AskAsync),
    ["google", var configuration] => await Client.RunAsync(() => GoogleQuestion.AskAsync(configuration)),
    _ => Client.Usage(),
};
