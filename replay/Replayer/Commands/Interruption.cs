using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <summary>SIGINT and SIGTERM as a cancellation; a second one ends the program at once.</summary>
public sealed partial class Interruption : IDisposable
{
    private const int SigInt = 2;

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Listens from now on, also where SIGINT was ignored when the program was started (in a shell's background).</summary>
    public Interruption()
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            // .NET leaves a signal alone that was ignored at the start.
            _ = Signal(SigInt, 0);
        }

        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal)];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = !_source.IsCancellationRequested;
        if (context.Cancel)
        {
            // Whoever listens may take its time; the signal's thread has none.
            ThreadPool.QueueUserWorkItem(static source => source.Cancel(), _source, preferLocal: false);
        }
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int number, nint handler);
}
