using Replay.TestKit;

namespace Replay.Replayer.Tests;

public sealed class PairFileTests : IDisposable
{
    private static readonly AmbiguousPair[] Pairs = [new(1, 2, 3, int.MaxValue, OrderPass.TablesPerDatabase + 1, ulong.MaxValue), new(4, 0, 5, 6, 7, 0)];

    private readonly TempFolder _folder = new("pairs");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void PairsAreReadAsWritten(int most)
    {
        Assert.Equal(Pairs.Take(most), PairFile.Read(Written(), most));
    }

    [Fact]
    public void AFileThatIsCutOffIsRefused()
    {
        var path = Written();
        using (var file = File.OpenWrite(path))
        {
            file.SetLength(file.Length - 1);
        }

        Assert.Throws<CommandException>(() => PairFile.Read(path, 10));
    }

    private string Written()
    {
        var path = _folder.File(PairFile.Name);
        using var file = PairFile.Create(path);
        foreach (var pair in Pairs)
        {
            file.Add(in pair);
        }

        return path;
    }
}
