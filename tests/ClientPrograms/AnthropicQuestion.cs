using Anthropic;
using Anthropic.Models.Messages;

namespace ClientPrograms;

/// <summary>Anthropic's SDK, with the profile or the variables that it finds.</summary>
internal static class AnthropicQuestion
{
    /// <param name="until">A file: while it is not there, the same client asks again.</param>
    public static async Task<string> AskAsync(string? until)
    {
        AnthropicClient client = new();
        string answer;
        do
        {
            answer = await AskAsync(client).ConfigureAwait(false);
        }
        while (until is not null && !File.Exists(until));
        return answer;
    }

    private static async Task<string> AskAsync(AnthropicClient client)
    {
        var message = await client.Messages.Create(new MessageCreateParams
        {
            Model = "claude-test",
            MaxTokens = 16,
            Messages = [new UserMessageParam("Hello")],
        }).ConfigureAwait(false);
        return message.Content[0].TryPickText(out var text) ? text.Text : message.Content[0].ToString();
    }
}
