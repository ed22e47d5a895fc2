using Anthropic;
using Anthropic.Models.Messages;

namespace ClientPrograms;

/// <summary>Anthropic's SDK, with the profile or the variables that it finds.</summary>
internal static class AnthropicQuestion
{
    public static async Task<string> AskAsync()
    {
        AnthropicClient client = new();
        var message = await client.Messages.Create(new MessageCreateParams
        {
            Model = "claude-test",
            MaxTokens = 16,
            Messages = [new UserMessageParam("Hello")],
        }).ConfigureAwait(false);
        return message.Content[0].TryPickText(out var text) ? text.Text : message.Content[0].ToString();
    }
}
