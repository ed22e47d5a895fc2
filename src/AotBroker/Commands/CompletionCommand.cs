using System.Text;
using AotBroker.Brokering;
using AotBroker.Errors;

namespace AotBroker.Commands;

/// <summary>`completion`: a shell's completion. The words come from the program itself, so that they are never out of date.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # source <(aotbroker completion bash)
        _aotbroker() {
          local line=${COMP_LINE:0:COMP_POINT} IFS=$' \t\n'
          local -a words found
          read -r -a words <<<"$line"
          [[ $line == *[[:space:]] ]] && words+=('')
          IFS=$'\n' read -r -d '' -a found < <(aotbroker '[suggest]' "${words[@]:1}" 2>/dev/null)
          # What stands before the last of the characters that readline breaks words at is no part of its word.
          local begun=${words[${#words[@]} - 1]}
          local cut=${begun##*["$COMP_WORDBREAKS"]}
          local before=${begun%"$cut"}
          COMPREPLY=()
          case ${found[0]} in
            :words)
              local one
              for one in "${found[@]:1}"; do
                one=${one%%$'\t'*}
                COMPREPLY+=("${one#"$before"}")
              done
              ;;
            :files) compopt -o default 2>/dev/null ;;
            :directories)
              compopt -o filenames 2>/dev/null
              IFS=$'\n' COMPREPLY=($(compgen -d -- "$cut"))
              ;;
            :command*)
              # Its place among bash's own words, which are broken at more places.
              local skipped=$((${found[0]#:command } + 1)) word=0 index=0 part=
              while ((word < skipped && index < COMP_CWORD)); do
                part+=${COMP_WORDS[index++]}
                [[ $part == "${words[word]}" ]] && { ((++word)); part=; }
              done
              if declare -F _command_offset >/dev/null; then
                _command_offset "$index"
              elif ((index == COMP_CWORD)); then
                IFS=$'\n' COMPREPLY=($(compgen -c -- "$cut"))
              else
                compopt -o default 2>/dev/null
              fi
              ;;
          esac
        }
        complete -F _aotbroker aotbroker

        """;

    private const string Zsh = """
        #compdef aotbroker
        # source <(aotbroker completion zsh), or this as the file _aotbroker in a directory of fpath
        _aotbroker() {
          local -a lines found options
          local line word
          lines=("${(@f)$(aotbroker '[suggest]' "${(@Q)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}")
          case $lines[1] in
            :words)
              for line in "${(@)lines[2,-1]}"; do
                word=${line%%$'\t'*}
                found+=("${word//:/\\:}${${(M)line:#*$'\t'*}:+:${line#*$'\t'}}")
              done
              [[ $PREFIX == -* ]] && options=(-o)
              _describe $options aotbroker found
              ;;
            :files) _files ;;
            :directories) _files -/ ;;
            :command*)
              local skipped=$((${lines[1]#:command } + 1))
              words=("${(@)words[skipped+1,-1]}")
              ((CURRENT -= skipped))
              _normal
              ;;
          esac
        }
        if [[ $funcstack[1] == _aotbroker ]]; then _aotbroker "$@"; else compdef _aotbroker aotbroker; fi

        """;

    private const string Fish = """
        # aotbroker completion fish | source
        function __aotbroker_complete
            set -l words (commandline -opc)
            set -l begun (commandline -ct)
            set -l lines (aotbroker '[suggest]' $words[2..] "$begun" 2>/dev/null)
            switch "$lines[1]"
                case :words
                    string join \n -- $lines[2..]
                case :files
                    __fish_complete_path "$begun"
                case :directories
                    __fish_complete_directories "$begun" ''
                case ':command *'
                    set -l skipped (math (string replace ':command ' '' -- $lines[1]) + 2)
                    complete -C (string join ' ' -- (string escape -- $words[$skipped..]) "$begun")
            end
        end
        complete -c aotbroker -f -a '(__aotbroker_complete)'

        """;

    public static string[] Shells => ["bash", "zsh", "fish"];

    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/> for another shell.</exception>
    public static int Run(string shell, Session session)
    {
        session.Write(Encoding.UTF8.GetBytes(Script(shell)));
        return 0;
    }

    private static string Script(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        _ => throw new BrokerException(ErrorCode.Usage, $"there is no completion for \"{shell}\"", "the shells are " + string.Join(", ", Shells)),
    };
}
