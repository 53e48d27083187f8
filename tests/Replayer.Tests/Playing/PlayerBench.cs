using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>A player with a scripted target and a clock that the test moves.</summary>
internal sealed class PlayerBench : IDisposable
{
    private readonly SteppedWaiter _waiter = new();
    private readonly RequestSlabs _slabs = new();
    private int _ordinal;

    public PlayerBench(Speed? speed = null, OrderMode order = OrderMode.Session, long? closedAt = null, TimeSpan? timeout = null, IRunValues? values = null,
        VictimRetries? retries = null, Engine engine = Engine.PostgreSql, IOrderGate? gate = null)
    {
        Connections = new ConnectionGate(Target, 10);
        Context = new RunContext
        {
            Now = () => _waiter.Now,
            Dispatcher = new Dispatcher(() => _waiter.Now, _waiter),
            Connections = Connections,
            Recorder = Recorder,
            Order = order,
            Values = values ?? AsRecorded.Instance,
            Retries = retries ?? new VictimRetries(),
            Gate = gate ?? OpenGate.Instance,
            Timeout = timeout ?? TimeSpan.FromSeconds(1),
            Pacer = new Pacer(speed ?? Speed.Max, WorkloadMaker.Base, 0),
            Finished = _ => IsFinished = true,
        };
        Player = new SessionPlayer(WorkloadMaker.Session(1, closedAt: closedAt) with { Engine = engine }, Context);
    }

    public ScriptedTarget Target { get; } = new();

    public NotingRecorder Recorder { get; } = new();

    public ConnectionGate Connections { get; }

    public RunContext Context { get; }

    public SessionPlayer Player { get; }

    public bool IsFinished { get; private set; }

    /// <summary>Requests that the connection has been given.</summary>
    public int SentCount => Link.Sent.Count;

    public long BytesInUse => _slabs.BytesInUse;

    public ScriptedLink Link
    {
        get
        {
            Until(() => Target.Links.Count > 0);
            return Target.Links[0];
        }
    }

    /// <summary>Plans an exchange requested at a moment after the origin.</summary>
    public PlannedExchange Plan(
        long at = 0, ExchangeFlags flags = ExchangeFlags.None, int batch = -1, PlayVerdict verdict = PlayVerdict.Play, Command command = Command.Query, byte[]? request = null)
    {
        var planned = new PlannedExchange
        {
            Ordinal = _ordinal,
            Position = 100 + _ordinal++,
            Command = command,
            Flags = flags,
            Batch = batch,
            RequestedAtMicroseconds = WorkloadMaker.Base + at,
            Verdict = verdict,
            Reason = verdict == PlayVerdict.Skip ? RunReason.Masked : RunReason.None,
            Shape = -1,
            StatementHandle = -1,
        };
        if (verdict is not (PlayVerdict.Skip or PlayVerdict.Done))
        {
            request ??= WorkloadMaker.QueryMessage($"select {planned.Ordinal}");
            planned.Slab = _slabs.Append(request, [], out planned.Offset);
            planned.Length = request.Length;
        }

        return planned;
    }

    public void Enqueue(PlannedExchange planned) => Player.Enqueue(in planned);

    /// <summary>Adds an exchange and returns its position.</summary>
    public long Add(long at = 0, ExchangeFlags flags = ExchangeFlags.None, int batch = -1, PlayVerdict verdict = PlayVerdict.Play, Command command = Command.Query)
    {
        var planned = Plan(at, flags, batch, verdict, command);
        Enqueue(planned);
        return planned.Position;
    }

    public void AdvanceTo(long microseconds) => _waiter.AdvanceTo(microseconds);

    /// <summary>Waits for what another thread is about to do (connections open on the pool).</summary>
    public static void Until(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)), "it did not come to that");

    public void UntilSent(int count) => Until(() => Link.Sent.Count == count);

    public void Dispose()
    {
        Context.Dispatcher.Dispose();
        Connections.Dispose();
    }
}
