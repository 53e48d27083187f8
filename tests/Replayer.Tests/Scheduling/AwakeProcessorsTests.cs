namespace Replay.Replayer.Tests;

public sealed class AwakeProcessorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("replay-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AWakeUpTimeIsWrittenToTheFile()
    {
        var file = Path.Combine(_folder, "latency");
        File.WriteAllBytes(file, []);
        using (var awake = AwakeProcessors.Keep(file))
        {
            Assert.True(awake.IsGranted);
        }

        Assert.InRange(BitConverter.ToInt32(File.ReadAllBytes(file)), 0, 3);
    }

    [Fact]
    public void WithoutTheFileTheySleep()
    {
        var file = Path.Combine(_folder, "none");
        using var awake = AwakeProcessors.Keep(file);
        Assert.False(awake.IsGranted);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void TheKernelTakesItFromWhomItLetsWrite()
    {
        using var awake = AwakeProcessors.Keep();
        Assert.Equal(MayWrite(), awake.IsGranted);
    }

    private static bool MayWrite()
    {
        try
        {
            using var file = new FileStream(AwakeProcessors.File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
