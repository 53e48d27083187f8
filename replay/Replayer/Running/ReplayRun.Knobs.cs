using System.Globalization;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>What is played otherwise than it was recorded.</content>
public sealed partial class ReplayRun
{
    private readonly StatementTimeout? _statementTimeout;
    private readonly Admission? _admission;
    private Clones? _clones;

    private static StatementTimeout? TimeoutOf(RunOptions options, TargetFacts target) =>
        options.StatementTimeout is { } limit ? new StatementTimeout(limit, options.Target.Engine, target.ServerVersion) : null;

    private RunKnobs? KnobsForManifest() => !Alterer.IsNeeded(_options) && _admission is null && _shared is null && _options.Clones is null ? null : new RunKnobs
    {
        Sharing = SharingForManifest(),
        Concurrency = _admission?.Limit,
        MostTransactions = _admission?.Most,
        AdmissionWaits = _admission?.Waits ?? 0,
        AdmittedBeyond = _admission?.Beyond ?? 0,
        Transactions = _options.Transactions.ToString().ToLowerInvariant(),
        Writes = _options.SkipsWrites ? "skip" : "keep",
        StatementTimeoutMicroseconds = (long?)_options.StatementTimeout?.TotalMicroseconds,
        StatementTimeouts = _recorder.Counts.StatementTimeouts,
        Clones = _options.Clones?.Count ?? 0,
        CloneShiftMicroseconds = (long?)_options.Clones?.Shift.TotalMicroseconds ?? 0,
        ClonedSessions = _clones?.Sessions ?? 0,
        ClonedReplayed = _clones?.Counts.Played ?? 0,
        ClonedFailed = _clones?.Counts.Lost ?? 0,
        ClonedNewErrors = _clones?.Counts.NewErrors ?? 0,
    };

    private async Task PrepareClonesAsync(CancellationToken interrupted)
    {
        if (_options.Clones is not { } options || interrupted.IsCancellationRequested)
        {
            return;
        }

        try
        {
            _clones = await Task.Run(() => Clones.Make(options, _options.Out, _reader, _context, IsCloned, Adopt, _recorder.Warn, interrupted), CancellationToken.None);
            _progress.Say($"{_clones.Sessions} sessions that read have {options.Count} clones each");
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            // Nothing is sent any more.
        }

        bool IsCloned(Session session) => _planner.SessionReason(session) == RunReason.None && _selection.Choose(session) == SessionChoice.Kept;
    }

    // Before anything is planned.
    private async Task PrepareAlterationsAsync(CancellationToken interrupted)
    {
        _recorder.TimeoutCodes = _statementTimeout?.Codes;
        if (!Alterer.IsNeeded(_options) || interrupted.IsCancellationRequested)
        {
            return;
        }

        var asksFunctions = _options.SkipsWrites || _options.Transactions != TransactionMode.Keep;
        var catalogs = _orderInput?.Catalogs ?? (asksFunctions ? await ReadCatalogsAsync(interrupted) : new Dictionary<string, OrderCatalog>(StringComparer.Ordinal));
        if (asksFunctions && catalogs.Count == 0)
        {
            _recorder.Warn("which functions of the target write is not known, so those that reads call are taken not to");
        }

        _planner.Alterer = await Task.Run(() => new Alterer(_options, _reader, [.. catalogs.Values]), CancellationToken.None);
    }

    // Ends what the server does not, until it is cancelled.
    private async Task KillOverdueAsync(StatementTimeout timeout, CancellationToken ended)
    {
        var limit = (long)(timeout.Limit + StatementTimeout.Grace).TotalMicroseconds;
        var every = TimeSpan.FromMilliseconds(Math.Clamp(timeout.Limit.TotalMilliseconds / 10, 5, 100));
        try
        {
            await using var control = await TargetControl.OpenAsync(_options.Target, cancellation: ended);
            while (true)
            {
                await Task.Delay(every, ended);
                var now = UnixClock.NowMicroseconds;
                foreach (var player in _active.Keys)
                {
                    if (player.OverdueConnection(now, limit) is > 0 and var connection)
                    {
                        var result = await control.TryAsync(string.Create(CultureInfo.InvariantCulture, $"KILL QUERY {connection}"));
                        if (!result.Succeeded)
                        {
                            _recorder.Warn($"a statement that took longer than --statement-timeout allows could not be ended: {result.ErrorMessage}");
                        }
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
        catch (Exception e) when (e is TargetException or CommandException)
        {
            _recorder.Warn($"statements that take longer than --statement-timeout allows are not ended any more: {e.Message}");
        }
    }
}
