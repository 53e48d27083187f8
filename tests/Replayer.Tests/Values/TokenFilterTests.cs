namespace Replay.Replayer.Tests;

public sealed class TokenFilterTests
{
    [Fact]
    public void ADaysTokensDoNotFillIt()
    {
        var filter = new TokenFilter();
        const int Tokens = 10 * TokenFilter.Generation;
        for (var i = 0; i < Tokens; i++)
        {
            filter.Add(Key(i));
        }

        for (var i = Tokens - TokenFilter.Generation; i < Tokens; i++)
        {
            Assert.True(filter.Contains(Key(i)), "the last ones are known");
        }

        var wrong = Enumerable.Range(Tokens, 100_000).Count(i => filter.Contains(Key(i)));
        Assert.True(wrong < 1_000, $"{wrong} of 100,000 tokens that were never seen are taken for known ones");
    }

    // As random as tokens are, and the same each time.
    private static UInt128 Key(int i) => new(Mix((ulong)i), Mix((ulong)i + 0x1234_5678_9ABC));

    private static ulong Mix(ulong x)
    {
        x = (x + 0x9E37_79B9_7F4A_7C15) * 0xBF58_476D_1CE4_E5B9;
        x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EB;
        return x ^ (x >> 31);
    }
}
