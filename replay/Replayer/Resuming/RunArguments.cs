using System.CommandLine;
using System.CommandLine.Parsing;
using Command = System.CommandLine.Command;

namespace Replay.Replayer;

/// <summary>The options that a run was begun with, as its manifest keeps them for <c>--resume</c>: without passwords, with absolute paths.</summary>
internal static class RunArguments
{
    private static readonly HashSet<string> OfFiles = new(StringComparer.Ordinal) { "--order-from", "--binary-log", "--password-file", "--target-password-file", "--tools" };

    // Where things lie and who may: what is played follows from none of them.
    private static readonly HashSet<string> MayBeNew = new(StringComparer.Ordinal)
    {
        "--target", "--target-password-file", "--password-file", "--order-from", "--binary-log", "--logical-decoding", "--tools", "--force", "--quiet", "--require-fit", "--resume", "--no-reset", "--hook",
    };

    private static readonly HashSet<string> OfTheCall = new(StringComparer.Ordinal) { "--out", "--quiet", "--require-fit", "--resume", "--no-reset", "--hook" };

    /// <summary>Those of a command line: options by name, each value behind one.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        ArgumentNullException.ThrowIfNull(parsed);
        List<string> arguments = [];
        foreach (var option in Given(parsed).Where(static option => !OfTheCall.Contains(option.Option.Name)))
        {
            Add(arguments, option);
        }

        return arguments;
    }

    /// <summary>The command line of a run that is resumed; a <see cref="CommandException"/> if what is said anew is of what is played.</summary>
    /// <param name="command">The command.</param>
    /// <param name="parsed">What was said now.</param>
    /// <param name="begun">What the run was begun with.</param>
    /// <param name="workload">The workload's folder.</param>
    /// <param name="folder">The run's.</param>
    public static ParseResult Merge(Command command, ParseResult parsed, IReadOnlyList<string> begun, string workload, string folder)
    {
        ArgumentNullException.ThrowIfNull(command);
        var now = Given(parsed).ToList();
        if (now.FirstOrDefault(static option => !MayBeNew.Contains(option.Option.Name)) is { } other)
        {
            throw new CommandException($"{other.Option.Name}: a run goes on as it was begun ({(begun.Contains(other.Option.Name) ? Words(begun, other.Option.Name) : $"without {other.Option.Name}")}); leave it out with --resume");
        }

        var replaced = now.Select(static option => option.Option.Name).ToHashSet(StringComparer.Ordinal);
        List<string> arguments = [workload, "--out", folder];
        for (var i = 0; i < begun.Count;)
        {
            var next = i + 1;
            while (next < begun.Count && !IsName(begun[next]))
            {
                next++;
            }

            if (!replaced.Contains(begun[i]))
            {
                arguments.AddRange(begun.Skip(i).Take(next - i));
            }

            i = next;
        }

        foreach (var option in now)
        {
            Add(arguments, option, keepsPassword: true);
        }

        var merged = command.Parse(arguments);
        return merged.Errors.Count == 0 ? merged : throw new CommandException($"the options that {folder} was begun with are not understood ({merged.Errors[0].Message}): was it made by another version?");

        bool IsName(string text) => command.Options.Any(option => option.Name == text);
    }

    private static IEnumerable<OptionResult> Given(ParseResult parsed) => parsed.CommandResult.Children.OfType<OptionResult>().Where(static option => !option.Implicit);

    private static void Add(List<string> arguments, OptionResult option, bool keepsPassword = false)
    {
        var name = option.Option.Name;
        if (option.Tokens.Count == 0)
        {
            arguments.Add(name);
        }

        foreach (var token in option.Tokens)
        {
            arguments.Add(name);
            arguments.Add(name == "--target" && !keepsPassword ? WithoutPassword(token.Value)
                : name == "--logical-decoding" && token.Value.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals ? $"{token.Value[..equals]}={Path.GetFullPath(token.Value[(equals + 1)..])}"
                : OfFiles.Contains(name) || name == "--logical-decoding" ? Path.GetFullPath(token.Value)
                : token.Value);
        }
    }

    /// <summary>A URL as others may see it.</summary>
    internal static string WithoutPassword(string url) => new UriBuilder(url) { Password = "" }.ToString();

    private static string Words(IReadOnlyList<string> begun, string name)
    {
        var values = begun.Select((text, i) => (text, i)).Where(one => one.text == name && one.i + 1 < begun.Count).Select(one => begun[one.i + 1]);
        return $"{name} {string.Join(' ', values)}";
    }
}
