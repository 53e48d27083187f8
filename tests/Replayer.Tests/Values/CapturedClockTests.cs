using System.Buffers;
using System.Text;
using Replay.Workload;

namespace Replay.Replayer.Tests.Values;

public sealed class CapturedClockTests
{
    // 2023-11-14 22:13:20.999900 UTC
    private const long Requested = 1_700_000_000_999_900;

    [Theory]
    [InlineData("2023-11-14 22:13:20.999962", 62)]
    [InlineData("2023-11-15 03:58:20.999962", 62)] // another time zone, +05:45
    [InlineData("2023-11-14 12:43:20.999962", 62)] // and -09:30
    [InlineData("2023-11-14 22:13:20", 0)] // rounds to what is shown
    [InlineData("2023-11-14 22:13:21", 100)] // the second had ended at the server
    [InlineData("2023-11-14 22:13:20.999", 0)]
    [InlineData("2023-11-14 22:13:21.000", 100)]
    [InlineData("2023-11-14 22:13:19", 0)] // some other time
    [InlineData("2023-11-14 22:13:45.000000", 0)]
    [InlineData("2023-13-14 22:13:21", 0)]
    [InlineData("2023-11-14", 0)]
    public void WhatTheResponseShowsIsTakenWhereItFits(string shown, long expected) => Assert.Equal(Requested + expected, Clock("x", shown));

    [Fact]
    public void TheMostExactOneIsTaken() => Assert.Equal(Requested + 162, Clock("2023-11-14 22:13:21", "2023-11-14 22:13:21.000062", "2023-11-14 22:13:21.0"));

    private static long Clock(params string[] row)
    {
        var values = new ArrayBufferWriter<byte>();
        RowValues.BeginRow(values, row.Length);
        foreach (var value in row)
        {
            RowValues.AppendValue(values, Encoding.UTF8.GetBytes(value));
        }

        var exchange = Exchange.Empty;
        exchange.RequestedAtMicroseconds = Requested;
        exchange.FirstByteAtMicroseconds = Requested + 300;
        exchange.Rows = 1;
        exchange.Values = values.WrittenSpan;
        return CapturedClock.Of(in exchange);
    }
}
