using System.Runtime.InteropServices;

namespace Replay.Agent.Hosting;

/// <summary>SIGINT, SIGTERM and SIGHUP: the first one asks to end, the second one to leave out what still takes time, the third is left to the system.</summary>
internal sealed partial class Signals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenSource _force = new();
    private readonly PosixSignalRegistration[] _registrations;

    public Signals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Cancelled by the second signal.</summary>
    public CancellationToken Force => _force.Token;

    /// <summary>
    /// A shell starts background jobs with SIGINT ignored, and .NET leaves what is ignored so. Must run before anything of .NET looks at signals.
    /// </summary>
    public static void Unignore()
    {
        const int Interrupt = 2;
        const nint Default = 0;
        _ = SetHandler(Interrupt, Default);
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
        _force.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = !_force.IsCancellationRequested;
        (_source.IsCancellationRequested ? _force : _source).Cancel();
    }
}
