using System.Runtime.InteropServices;

namespace Replay.Comparator;

/// <summary>SIGINT and SIGTERM end the program cleanly, also when it was started in the background with SIGINT ignored.</summary>
internal sealed partial class Interruption : IDisposable
{
    private const int SigInt = 2;

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public Interruption()
    {
        if (!OperatingSystem.IsWindows())
        {
            // A shell starts background jobs with SIGINT ignored, and .NET leaves it so.
            _ = SetSignal(SigInt, 0);
        }

        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                _source.Cancel();
            }));
        }
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetSignal(int number, nint handler);
}
