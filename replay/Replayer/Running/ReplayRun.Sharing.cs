using Replay.Workload;

namespace Replay.Replayer;

/// <content>Connections that sessions share.</content>
public sealed partial class ReplayRun
{
    private readonly SharedConnections? _shared;
    private KeepPass? _keeps;

    // Before anything is planned.
    private async Task PrepareSharingAsync(CancellationToken interrupted)
    {
        if (_shared is null || interrupted.IsCancellationRequested)
        {
            return;
        }

        var marks = _planner.Keeps = new KeepMarks(_options.Out, _reader.ExchangeCount);
        try
        {
            _keeps = await Task.Run(() => KeepPass.Run(_reader, marks, IsBefore, session => _planner.SessionReason(session) == RunReason.None, interrupted), CancellationToken.None);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return; // nothing is sent any more
        }

        if (_keeps.AtCut > _shared.Limit)
        {
            throw new CommandException($"--connections {_shared.Limit}: when the snapshot was cut {_keeps.AtCut} sessions had a transaction open or something on their connection that cannot be given to another; say at least as many");
        }

        // Those of production that had begun, and the one that begins; where sessions wait for no others, or have clocks of their own, production's order is no help.
        _shared.Admission.Reserved = _gate is null || !_options.Schedule.IsOfMoments ? 0 : Math.Min(_shared.Limit, _keeps.Most + 2);
        var pinned = string.Join(", ", _keeps.Pinned.Select(static p => $"{p.Value} {p.Key}"));
        _progress.Say($"{_shared.Limit} connections for all sessions; in production at most {_keeps.Most} at one time could not have given theirs away{(pinned.Length == 0 ? "" : $"; sessions that keep one for a while: {pinned}")}");
        if (_keeps.Most > _shared.Limit)
        {
            _recorder.Warn($"--connections {_shared.Limit}: in production {_keeps.Most} sessions at one time were in a transaction or had something on their connection that cannot be given to another; they wait for each other here, and order is broken where nothing else helps");
        }

        bool IsBefore(long position) => position < _cut.End && _cut.Verdict(position) != PlayVerdict.Play;
    }

    private RunSharing? SharingForManifest() => _shared is null ? null : new RunSharing
    {
        Connections = _shared.Limit,
        Most = _shared.Most,
        HandOvers = _shared.HandOvers,
        Reconnects = _shared.Reconnects,
        Returns = _shared.Returns,
        Waits = _shared.Admission.Waits,
        MostKeptInProduction = _keeps?.Most ?? 0,
        Pinned = _keeps?.Pinned ?? new Dictionary<string, long>(),
    };
}
