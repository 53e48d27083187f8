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
        var state = Conclude(end, problem, startedAtMicroseconds, _use, out var certificate, out var order);
        _writer.WriteDocument("certificate.json", state.Certificate);
        _writer.WriteDocument(ShapeResponses.Document, state.Responses);
        if (state.Order is not null)
        {
            _writer.WriteDocument("order.json", state.Order);
        }

        LeaveState(state, isComplete: end == RunEnd.Complete && _feedProblem is null);
        _writer.Complete(state.Manifest);
        var played = _played + TimeSpan.FromSeconds(_resumed?.State?.Use.Seconds ?? 0);
        return new RunResult(_feedProblem is null ? end : RunEnd.TargetLost, state.Manifest, _recorder.Counts, certificate, _recorder, state.Use, played, problem ?? _wireProblem, order, _causes);
    }

    // The run's facts as they are now, those of its parts before among them.
    private RunState Conclude(RunEnd end, string? problem, long startedAtMicroseconds, ReplayerUse useOfPart, out Certificate certificate, out OrderReport? order)
    {
        var earlier = _resumed?.State;
        var use = earlier is null ? useOfPart : useOfPart.Plus(earlier.Use);
        var counts = _recorder.Counts;
        var captured = _reader.ExchangeCount;
        certificate = new Certificate
        {
            ReplayedShare = Certificate.Share(counts, captured),
            OwnLagP99Microseconds = _recorder.OwnLag.Quantile(0.99),
            IsRealTime = _context.Clocked.IsGranted,
            ProcessorsStayedAwake = _processorsStayedAwake,
            CpuShare = use.CpuShare,
            StolenShare = use.StolenShare,
            ProcessorWaitShare = use.WaitShare,
            PauseShare = use.Seconds > 0 ? _recorder.Pauses.Paused.TotalSeconds / use.Seconds : 0,
            ViolatedShare = counts.Replayed == 0 ? 0 : (double)counts.Violations / counts.Replayed,
            Stretch = Math.Max(Certificate.StretchOf(startedAtMicroseconds, counts.LastDueMicroseconds, counts.LastSentMicroseconds), earlier?.Stretch ?? 1),
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

        if (_resumed is not null)
        {
            warnings.Insert(0, _resumed.ToString());
        }

        if (_options.Remark is { } remark)
        {
            warnings.Insert(0, remark);
        }

        if ((problem ?? _wireProblem) is { } wrong)
        {
            warnings.Insert(0, wrong);
        }

        var final = _manifest with
        {
            EndedAt = DateTimeOffset.UtcNow,
            StartedAtMicroseconds = _resumed is null ? startedAtMicroseconds : _manifest.StartedAtMicroseconds,
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
            OtherProcessors = use.OtherProcessors is { } others ? Math.Round(others, 3) : null,
            Values = _values.Summary,
            Retries = _context.Retries.Summary,
            Knobs = KnobsForManifest(),
            Fitness = certificate.Judge(),
            Warnings = warnings,
        };
        order = _orderPlan is null || _gate is null ? null : new OrderReport(_orderPlan, _gate.Waits, _breaker);
        var document = CertificateDocument.Write(certificate, _recorder, _cut, _opener, _context, use, _gate?.Waits, _clones, _keeps, _manifest.Seams);
        var (responses, orders) = (_recorder.Responses.Write(_reader), order?.ToJson());
        return new RunState(
            earlier is null ? final : RunSums.Of(final, earlier.Manifest),
            earlier is null ? document : DocumentSums.Certificate(document, earlier.Certificate),
            earlier is null ? responses : DocumentSums.Responses(responses, earlier.Responses),
            earlier?.Order is null || orders is null ? orders : DocumentSums.Order(orders, earlier.Order),
            _recorder.OwnLag.ToCounts(), _recorder.InheritedLag.ToCounts(), _recorder.Series.ToState(), use, certificate.Stretch);
    }
}
