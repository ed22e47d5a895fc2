using System.Text;
using AotBroker.Brokering;
using AotBroker.Errors;

namespace AotBroker.Commands;

/// <summary>`completion`: a shell's completion. The words come from the program itself, so that they are never out of date.</summary>
internal static class CompletionCommand
{
    public static string[] Shells => ["bash", "zsh", "fish"];

    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/> for another shell.</exception>
    public static int Run(string shell, Session session)
    {
        session.Write(Encoding.UTF8.GetBytes(Script(shell)));
        return 0;
    }

    private static string Script(string shell) => shell switch
    {
        "bash" => """
            # source <(aotbroker completion bash)
            _aotbroker() {
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$(aotbroker "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _aotbroker aotbroker

            """,
        "zsh" => """
            #compdef aotbroker
            # source <(aotbroker completion zsh), or this as the file _aotbroker in a directory of fpath
            _aotbroker() {
              local words_found=("${(@f)$(aotbroker "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
              compadd -- $words_found
            }
            if [[ $funcstack[1] == _aotbroker ]]; then _aotbroker "$@"; else compdef _aotbroker aotbroker; fi

            """,
        "fish" => """
            # aotbroker completion fish | source
            complete -c aotbroker -f -a '(aotbroker "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null)'

            """,
        _ => throw new BrokerException(ErrorCode.Usage, $"there is no completion for \"{shell}\"", "the shells are " + string.Join(", ", Shells)),
    };
}
