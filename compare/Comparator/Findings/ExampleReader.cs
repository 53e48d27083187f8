using System.Text;

namespace Replay.Comparator;

/// <summary>Fetches single exchanges for reports, and no more of them than a report can show.</summary>
internal sealed class ExampleReader(ComparisonInput input, bool showValues)
{
    /// <summary>Each example costs the decoding of a block; beyond this many, findings go without.</summary>
    public const int MostExamples = 1000;

    private int _read;

    public ExchangeExample? Find(long position, string? code)
    {
        if (position >= input.Count || _read++ >= MostExamples)
        {
            return null;
        }

        using var cursor = input.Workload.Read(position);
        if (!cursor.MoveNext())
        {
            return null;
        }

        var exchange = cursor.Current;
        var session = input.Workload.Sessions.Find(exchange.Session);
        return new ExchangeExample(position, exchange.Session, exchange.Ordinal, code is null ? null : Message(position, code), session?.User, session?.Database, exchange.Failed ? Encoding.ASCII.GetString(exchange.ErrorCode) : null);
    }

    private string? Message(long position, string code)
    {
        var message = Kept(position, code);
        return showValues ? message : ErrorText.WithoutValues(code, message);
    }

    private string? Kept(long position, string code) => input.Runs
        .OrderByDescending(run => run.IsCandidate)
        .Select(run => run.FindError(position)).FirstOrDefault(error => error is not null && error.Code == code)?.Message;
}
