using System.CommandLine;
using System.CommandLine.Invocation;

namespace Replay.Comparator;

/// <summary>Prints the schema of the JSON report; what a comparison needs may be missing.</summary>
internal sealed class PrintSchema : SynchronousCommandLineAction
{
    public override bool Terminating => true;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        using var output = Console.OpenStandardOutput();
        JsonReport.WriteSchema(output);
        return ExitStatus.Pass;
    }
}
