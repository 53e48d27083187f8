using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Capturing;

/// <summary>Captures made by others agree with what an independent decoder made of them.</summary>
public sealed class SharedCapturesTests
{
    [SharedFact("pcaps/check.py")]
    public async Task EveryCaptureAgreesWithItsOracle()
    {
        var result = await ProcessRunner.RunAsync("python3", [SharedFolder.Find("pcaps/check.py"), "--tool", ProjectPrograms.Capture], new ProcessOptions { Timeout = TimeSpan.FromMinutes(4) });
        result.Expect();
    }
}
