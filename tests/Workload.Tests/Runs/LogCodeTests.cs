namespace Replay.Workload.Tests;

public sealed class LogCodeTests
{
    [Fact]
    public void Every_code_decodes_and_encodes_to_itself()
    {
        for (var code = 0; code <= ushort.MaxValue; code++)
        {
            Assert.Equal(code, LogCode.Encode(LogCode.Decode((ushort)code)));
        }
    }

    [Fact]
    public void Longer_durations_never_have_smaller_codes_and_steps_are_a_third_of_a_thousandth()
    {
        for (var code = 2; code <= ushort.MaxValue; code++)
        {
            Assert.InRange(LogCode.Decode((ushort)code) / LogCode.Decode((ushort)(code - 1)), 1.0003, 1.00034);
        }

        var last = 0;
        for (var microseconds = 0.1; microseconds < 1e10; microseconds *= 1.0001)
        {
            var code = LogCode.Encode(microseconds);
            Assert.True(code >= last);
            last = code;
        }
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(double.NegativeInfinity, 0)]
    [InlineData(-1, 0)]
    [InlineData(0, 0)]
    [InlineData(0.49, 0)]
    [InlineData(0.5, 1)]
    [InlineData(1, 1)]
    [InlineData(3_600_000_000.0, 65_535)]
    [InlineData(1e15, 65_535)]
    [InlineData(double.PositiveInfinity, 65_535)]
    public void The_ends_of_the_scale(double microseconds, int code) => Assert.Equal(code, LogCode.Encode(microseconds));

    [Fact]
    public void What_was_encoded_is_off_by_at_most_a_sixth_of_a_thousandth()
    {
        var random = new Random(1);
        for (var i = 0; i < 100_000; i++)
        {
            var microseconds = Math.Exp(random.NextDouble() * Math.Log(LogCode.MaxMicroseconds));
            Assert.InRange(LogCode.Decode(LogCode.Encode(microseconds)) / microseconds, 1 - 0.00017, 1 + 0.00017);
        }
    }
}
