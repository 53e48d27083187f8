using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Chooses executions of suspects in one pass over the workload: each with equal chances, or with chances by its captured time, or the slowest: those that were slow in each run, where the comparison names them. Seeded, so the
/// same workload gives the same ones.
/// </summary>
public static class ExemplarChooser
{
    /// <summary>Executions of a shape that are executed again, at most: 30.</summary>
    public const int MostExemplars = 30;

    // The slowest hundredth, but never fewer than a few.
    private const int TailShare = 100;
    private const int LeastOfTail = 4;
    private const int Seed = 1;

    private const ExchangeFlags Needed = ExchangeFlags.Complete | ExchangeFlags.RequestComplete;

    private const ExchangeFlags Hindering = ExchangeFlags.SkippedAfterError | ExchangeFlags.PortalSuspended | ExchangeFlags.CopyIn | ExchangeFlags.CopyOut | ExchangeFlags.NoResponse
        | ExchangeFlags.Masked | ExchangeFlags.RequestTruncated | ExchangeFlags.CursorOpened | ExchangeFlags.UnknownStatement;

    /// <summary>Positions of executions by suspect, in order of position.</summary>
    public static Dictionary<Suspect, List<long>> Choose(WorkloadReader reader, Engine engine, IReadOnlyList<Suspect> suspects, CancellationToken cancellation)
    {
        var random = new Random(Seed);
        var byShape = new Reservoir?[reader.Shapes.Count];
        foreach (var suspect in suspects)
        {
            if (reader.Shapes.FirstOrDefault(s => s.Hex == suspect.Shape) is { } shape)
            {
                byShape[shape.Number] = new Reservoir(suspect, random);
            }
        }

        using var cursor = reader.Read(0, ExchangeParts.WithoutRequest);
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            var exchange = cursor.Current;
            if ((uint)exchange.Shape < (uint)byShape.Length && byShape[exchange.Shape] is { } reservoir && CanBeRepeated(in exchange)
                && reader.Sessions.Find(exchange.Session) is { Purpose: SessionPurpose.Client } session && session.Engine == engine)
            {
                reservoir.Offer(cursor.Position, Math.Max(1, exchange.EndedAtMicroseconds - exchange.StartedAtMicroseconds));
            }
        }

        return byShape.OfType<Reservoir>().ToDictionary(r => r.Suspect, r => r.Positions);
    }

    /// <summary>Whether an execution can be sent by itself: all of it was seen, nothing was fed to it, and it succeeded.</summary>
    internal static bool CanBeRepeated(in Exchange exchange) =>
        exchange.Command is Command.Query or Command.Execute or Command.MySqlQuery or Command.MySqlStatementExecute
        && (exchange.Flags & Needed) == Needed && (exchange.Flags & Hindering) == 0 && !exchange.Failed;

    /// <summary>
    /// Keeps those with the highest keys: u^(1/w) is sampling by weight without replacement (Efraimidis, Spirakis 2006,
    /// <see href="https://doi.org/10.1016/j.ipl.2005.11.003"/>), the weight itself keeps the heaviest.
    /// </summary>
    private sealed class Reservoir(Suspect suspect, Random random)
    {
        private readonly PriorityQueue<long, double> _kept = new();
        private readonly int _most = suspect.Respect == SuspectRespect.Tail ? (int)Math.Clamp(suspect.Captured / TailShare, LeastOfTail, MostExemplars) : MostExemplars;

        private readonly HashSet<long> _slow = [.. suspect.Respect == SuspectRespect.Tail ? suspect.Slow : []];

        public Suspect Suspect => suspect;

        public List<long> Positions => [.. _kept.UnorderedItems.Select(item => item.Element).Order()];

        public void Offer(long position, double microseconds)
        {
            if (_slow.Count > 0 && !_slow.Contains(position))
            {
                return;
            }

            // The logarithm of the key: the key itself would run out of digits near 1.
            var key = suspect.Respect switch
            {
                SuspectRespect.Typical or SuspectRespect.Some => Math.Log(random.NextDouble()),
                SuspectRespect.Total => Math.Log(random.NextDouble()) / microseconds,
                _ => microseconds,
            };
            if (_kept.Count < _most)
            {
                _kept.Enqueue(position, key);
            }
            else
            {
                _kept.EnqueueDequeue(position, key);
            }
        }
    }
}
