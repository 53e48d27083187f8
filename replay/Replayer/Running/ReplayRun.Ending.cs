using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>What is written when all has been played.</content>
public sealed partial class ReplayRun
{
    private async Task CollectDocumentsAsync(RunEnd end)
    {
        if (end != RunEnd.Complete)
        {
            return;
        }

        try
        {
            _progress.Say("collecting settings, plans and statistics");
            var collector = DocumentCollector.For(_options.Target, _reader, _recorder.Warn);
            await collector.CollectAsync(_writer, _recorder.Shapes.Leading(_options.ExplainShapes)).WaitAsync(DocumentsWithin);
        }
        catch (Exception e) when (e is TargetException or CommandException or TimeoutException)
        {
            _recorder.Warn($"settings, plans and statistics were not collected: {e.Message}");
        }
    }

    private async Task JoinWireAsync(WireCapture capture, WireJournal journal)
    {
        _progress.Say("joining with the packets");
        if (await capture.StopAsync() is { } problem)
        {
            _recorder.Warn(problem);
        }

        using var wire = WorkloadReader.Open(capture.Folder);
        var join = new WireJoin((position, outcome) => _writer.Set(position, in outcome));
        join.Run(journal, wire);
        if (join.Missing > 0)
        {
            _recorder.Warn($"{join.Missing} of {join.Joined + join.Missing} exchanges were not seen whole on the wire and have no times; 'dbcapture info {capture.Folder}' says what was lost");
        }

        if (join.Missing > join.Joined)
        {
            _wireProblem = "most exchanges were not seen on the wire: is --wire the interface to the target, and the traffic not encrypted (sslmode=disable)?";
        }
    }

    private RunResult Complete(RunEnd end, string? problem, long startedAtMicroseconds)
    {
        var counts = _recorder.Counts;
        var captured = _reader.ExchangeCount;
        var certificate = new Certificate
        {
            ReplayedShare = Certificate.Share(counts, captured),
            OwnLagP99Microseconds = _recorder.OwnLag.Quantile(0.99),
            IsRealTime = _context.Clocked.IsGranted,
            CpuShare = _use.CpuShare,
            StolenShare = _use.StolenShare,
            ProcessorWaitShare = _use.WaitShare,
            PauseShare = _use.Seconds > 0 ? _recorder.Pauses.Paused.TotalSeconds / _use.Seconds : 0,
            ViolatedShare = counts.Replayed == 0 ? 0 : (double)counts.Violations / counts.Replayed,
            Stretch = Certificate.StretchOf(startedAtMicroseconds, counts.LastDueMicroseconds, counts.LastSentMicroseconds),
            IsPaced = !_options.Speed.IsMax,
            IsLimited = _admission is not null,
            IsSharing = _shared is not null,
            Interrupted = end != RunEnd.Complete,
        };
        var warnings = new List<string>(_recorder.Warnings);
        if (_opener.AsTargetUser > 0)
        {
            warnings.Insert(0, $"{_opener.AsTargetUser} sessions played as the URL's user instead of the captured one");
        }

        if (_opener.Reencoded > 0)
        {
            warnings.Insert(0, $"{_opener.Reencoded} requests were encoded anew for what the target lacks");
        }

        if (_connections.Failed > 0)
        {
            warnings.Insert(0, $"{_connections.Failed} sessions found no connection, last: {_connections.LastProblem}{(_connections.WasFull ? "; raise max_connections there ('dbreplay check' says to what)" : "")}");
        }

        if (_options.Remark is { } remark)
        {
            warnings.Insert(0, remark);
        }

        problem ??= _wireProblem;
        if (problem is not null)
        {
            warnings.Insert(0, problem);
        }

        var final = _manifest with
        {
            EndedAt = DateTimeOffset.UtcNow,
            StartedAtMicroseconds = startedAtMicroseconds,
            PlayedMicroseconds = _playedMicroseconds,
            Slices = _turns?.ToManifest(),
            Replayed = counts.Replayed,
            WarmedUp = _recorder.WarmedUp,
            SkippedByReason = counts.ByReason(failed: false),
            FailedByReason = counts.ByReason(failed: true),
            NotReached = captured - counts.Done,
            Sessions = _context.OpenedSessions,
            ConnectionsLost = _context.ConnectionsLost,
            Reopened = _context.Reopened,
            SessionsFailed = _connections.Failed,
            SessionsAsTargetUser = _opener.AsTargetUser,
            MaxConcurrency = _context.MaxOnWire,
            CpuSeconds = ReplayerMeter.CpuSeconds() - _startCpuSeconds,
            OtherProcessors = _use.OtherProcessors is { } others ? Math.Round(others, 3) : null,
            Values = _values.Summary,
            Retries = _context.Retries.Summary,
            Knobs = KnobsForManifest(),
            Fitness = certificate.Judge(),
            Warnings = warnings,
        };
        _writer.WriteDocument("certificate.json", CertificateDocument.Write(certificate, _recorder, _cut, _opener, _context, _use, _gate?.Waits, _clones, _keeps));
        _writer.WriteDocument(ShapeResponses.Document, _recorder.Responses.Write(_reader));
        var order = WriteOrder();
        _writer.Complete(final);
        return new RunResult(_feedProblem is null ? end : RunEnd.TargetLost, final, counts, certificate, _recorder, _use, _played, problem, order, _causes);
    }
}
