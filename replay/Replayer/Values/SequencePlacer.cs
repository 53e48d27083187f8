using System.Threading.Channels;
using Replay.Client;

namespace Replay.Replayer;

/// <summary>
/// PostgreSQL: has each insert draw the value that production's drew. Inserts that draw from one sequence go one after the other (<see cref="SequenceOrder"/>), so where
/// the sequence does not stand before an insert's value it is put there, forward or back, between the end of the one before and the sending of this one. On a
/// connection of its own for each database: in a session's transaction it could fail and end it, or take its snapshot too early.
/// </summary>
public sealed class SequencePlacer : IAsyncDisposable
{
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(5);

    private readonly Dictionary<int, PlacedSequence> _sequences = [];
    private readonly Dictionary<string, TargetControl> _controls = new(StringComparer.Ordinal);
    private readonly Channel<(PlacedSequence Sequence, long Value, Action Placed)> _moves =
        Channel.CreateUnbounded<(PlacedSequence, long, Action)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly ValueCounts _counts;
    private readonly Action<string> _warn;
    private Task _moving = Task.CompletedTask;

    private SequencePlacer(ValueCounts counts, Action<string> warn) => (_counts, _warn) = (counts, warn);

    /// <summary>Connects to the databases of the sequences that can be placed exactly; those of one that cannot be reached stay out.</summary>
    public static async Task<SequencePlacer> StartAsync(TargetUrl target, IEnumerable<SequencePlan> plans, ValueCounts counts, Action<string> warn, CancellationToken cancellation)
    {
        var placer = new SequencePlacer(counts, warn);
        try
        {
            foreach (var database in plans.Where(static p => p.IsExact).GroupBy(static p => p.Database, StringComparer.Ordinal))
            {
                await placer.ConnectAsync(target, database.Key, database, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            await placer.DisposeAsync();
            throw;
        }

        placer._moving = Task.Run(placer.MoveAsync, CancellationToken.None);
        return placer;
    }

    /// <summary>Whether a sequence is placed here.</summary>
    public bool Places(int sequence) => _sequences.ContainsKey(sequence);

    /// <summary>Whether a sequence of a database is placed here, by its name.</summary>
    public bool Places(string database, string sequence) => _sequences.Values.Any(s => s.Plan.Database == database && s.Plan.Sequence.Name == sequence);

    /// <summary>
    /// Before an insert is sent: true if it may go at once, else <paramref name="placed"/> is called when it may. Any thread, one at a time for each sequence, as order has it.
    /// </summary>
    /// <param name="draw">What it drew in production.</param>
    /// <param name="isAlone">Whether nothing of its session is on the way; if something is, nothing can be put in between.</param>
    /// <param name="placed">Called on another thread.</param>
    public bool TryPlace(in SequenceDraw draw, bool isAlone, Action placed)
    {
        if (!_sequences.TryGetValue(draw.Sequence, out var sequence))
        {
            return true;
        }

        if (sequence.IsRefused)
        {
            _counts.Miss(MissReason.Refused);
            return true;
        }

        if (!sequence.MustMove(in draw, isAlone, out var first, out var missed))
        {
            Miss(missed);
            return true;
        }

        Miss(missed);
        return !_moves.Writer.TryWrite((sequence, first, placed));
    }

    /// <summary>An insert has been answered.</summary>
    /// <param name="draw">What it drew in production.</param>
    /// <param name="failed">Whether it failed: then it may or may not have drawn.</param>
    /// <param name="last">The last value that it drew, if the response shows it.</param>
    public void Ended(in SequenceDraw draw, bool failed, long? last)
    {
        if (_sequences.TryGetValue(draw.Sequence, out var sequence) && sequence.Ended(in draw, failed, last))
        {
            _counts.Miss(MissReason.SequenceAhead);
        }
    }

    /// <summary>An insert was rolled back, and will be sent again.</summary>
    public void Release(in SequenceDraw draw)
    {
        if (_sequences.TryGetValue(draw.Sequence, out var sequence))
        {
            sequence.Release(in draw);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _moves.Writer.TryComplete();
        // A server that does not answer any more is not waited for.
        if (await Task.WhenAny(_moving, Task.Delay(EndWithin)) == _moving)
        {
            foreach (var sequence in _sequences.Values.Where(static s => s is { WasMoved: true, IsRefused: false }))
            {
                // The last to be placed need not have had the largest value.
                await SetAsync(sequence, sequence.End, isCalled: true);
            }
        }

        foreach (var control in _controls.Values)
        {
            await control.DisposeAsync();
        }
    }

    private async Task ConnectAsync(TargetUrl target, string database, IEnumerable<SequencePlan> plans, CancellationToken cancellation)
    {
        try
        {
            var control = await TargetControl.OpenAsync(target, database.Length > 0 ? database : null, cancellation);
            _controls.Add(database, control);
            // Nothing is lost that the next placing would not make good.
            await control.QueryAsync("SET synchronous_commit = off", "preparing to place sequences");
            foreach (var plan in plans)
            {
                _sequences.Add(plan.Number, new PlacedSequence(plan));
            }
        }
        catch (CommandException e)
        {
            _warn($"sequences of '{database}' are not placed before inserts, which may draw other values than in production: {e.Message}");
        }
    }

    private async Task MoveAsync()
    {
        await foreach (var (sequence, value, placed) in _moves.Reader.ReadAllAsync())
        {
            if (await SetAsync(sequence, value, isCalled: false))
            {
                _counts.SawSet("sequence");
            }

            placed();
        }
    }

    private async Task<bool> SetAsync(PlacedSequence sequence, long value, bool isCalled)
    {
        try
        {
            await PostgresSequences.SetAsync(_controls[sequence.Plan.Database], sequence.Plan.Sequence.Name, value, isCalled);
            return true;
        }
        catch (CommandException e)
        {
            sequence.IsRefused = true;
            _counts.Miss(MissReason.Refused);
            _warn($"inserts may draw other values than in production, because their sequence cannot be placed: {e.Message}");
            return false;
        }
    }

    private void Miss(string? reason)
    {
        if (reason is not null)
        {
            _counts.Miss(reason);
        }
    }
}
