using System.Globalization;
using System.Text.Json;
using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>What the page's script draws a shape's charts from, as JSON with short names: a page holds it a thousand times.</summary>
internal static class ChartData
{
    // Bars narrower than some 8 pixels are noise to the eye.
    private const int Bars = 60;

    // What lies outside of these quantiles is counted in the first and the last bar: single outliers would press the rest together.
    private const double LowestShare = 0.001;
    private const double HighestShare = 0.999;

    /// <summary>What all charts have in common: the runs, and the stretches of time.</summary>
    public static void WriteCommon(Utf8JsonWriter json, Comparison comparison)
    {
        json.WriteStartArray("runs");
        foreach (var run in comparison.Runs)
        {
            json.WriteStartArray();
            json.WriteStringValue(run.Label);
            json.WriteNumberValue(run.IsCandidate ? 1 : 0);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("grid"); // milliseconds, as scripts count time
        json.WriteNumberValue(comparison.Grid.FromMicroseconds / 1000.0);
        json.WriteNumberValue(comparison.Grid.StepMicroseconds / 1000.0);
        json.WriteNumberValue(comparison.Grid.Count);
        json.WriteEndArray();
    }

    /// <summary>Whether there is anything to draw.</summary>
    public static bool Has(ShapeComparison shape) => shape.Baseline.Histogram.Count + shape.Candidate.Histogram.Count > 0;

    /// <summary>
    /// One shape: <c>h</c> the decimal logarithm of where the bars begin, in microseconds, and their width on that scale; <c>c</c> executions by run and bar; <c>m</c> the sides' p50, p95, p99;
    /// <c>n</c> executions in the sample; <c>t</c> stretches of time, each with executions and then p50, p95 of the old and of the new side; <c>d</c> dimensions, each value with executions, both medians, and then how far p5, p25, p75, p95 of the old and of the new side lie from their median, in hundredths of a decade. Microseconds.
    /// </summary>
    public static void Write(Utf8JsonWriter json, ShapeComparison shape)
    {
        json.WriteStartObject();
        WriteBars(json, shape);
        json.WriteStartArray("m");
        foreach (var side in new[] { shape.Baseline, shape.Candidate })
        {
            json.WriteStartArray();
            Number(json, side.P50Microseconds);
            Number(json, side.P95Microseconds);
            Number(json, side.P99Microseconds);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        if (shape.Latencies is { } latencies)
        {
            WriteLatencies(json, latencies);
        }

        json.WriteEndObject();
    }

    private static void WriteBars(Utf8JsonWriter json, ShapeComparison shape)
    {
        var all = LogHistogram.Sum([shape.Baseline.Histogram, shape.Candidate.Histogram]);
        var first = Math.Max(0, all.QuantileBucket(LowestShare) - 8);
        var last = Math.Min(LogScale.Buckets - 1, all.QuantileBucket(HighestShare) + 8);
        var perBar = Math.Max(1, (int)Math.Ceiling((last - first + 1) / (double)Bars));
        var bars = (last - first + perBar) / perBar;
        json.WriteStartArray("h");
        json.WriteRawValue((first * LogScale.LogGamma / Math.Log(10)).ToString("0.#####", CultureInfo.InvariantCulture));
        json.WriteRawValue((perBar * LogScale.LogGamma / Math.Log(10)).ToString("0.#######", CultureInfo.InvariantCulture));
        json.WriteEndArray();
        json.WriteStartArray("c");
        foreach (var run in shape.RunLatencies)
        {
            var counts = new long[bars];
            for (var bucket = Math.Max(0, run.LowestBucket); bucket <= run.HighestBucket; bucket++)
            {
                counts[Math.Clamp((bucket - first) / perBar, 0, bars - 1)] += run[bucket];
            }

            json.WriteStartArray();
            Array.ForEach(counts, json.WriteNumberValue);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteLatencies(Utf8JsonWriter json, ShapeLatencies latencies)
    {
        json.WriteNumber("n", latencies.Sampled);
        json.WriteStartArray("t");
        foreach (var stretch in latencies.OverTime)
        {
            json.WriteStartArray();
            json.WriteNumberValue(stretch.Number);
            json.WriteNumberValue(stretch.Executions);
            Number(json, stretch.Baseline.P50Microseconds);
            Number(json, stretch.Baseline.P95Microseconds);
            Number(json, stretch.Candidate.P50Microseconds);
            Number(json, stretch.Candidate.P95Microseconds);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("d");
        foreach (var dimension in latencies.Dimensions)
        {
            json.WriteStartArray();
            json.WriteStringValue(dimension.Name);
            foreach (var value in dimension.Values)
            {
                json.WriteStartArray();
                json.WriteStringValue(value.Value);
                json.WriteNumberValue(value.Executions);
                Number(json, value.Baseline.P50Microseconds);
                Number(json, value.Candidate.P50Microseconds);
                WriteSpread(json, value.Baseline);
                WriteSpread(json, value.Candidate);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    // Small whole numbers pack into a third of what latencies take, and a hundredth of a decade is less than a pixel.
    private static void WriteSpread(Utf8JsonWriter json, LatencyQuantiles side)
    {
        foreach (var latency in (ReadOnlySpan<float>)[side.P5Microseconds, side.P25Microseconds, side.P75Microseconds, side.P95Microseconds])
        {
            json.WriteNumberValue((int)Math.Round(100 * Math.Log10(Math.Max(0.1, latency) / Math.Max(0.1, side.P50Microseconds))));
        }
    }

    // Three digits are all that a chart shows, and zeros pack well.
    private static void Number(Utf8JsonWriter json, double value)
    {
        if (!double.IsFinite(value))
        {
            json.WriteNullValue();
            return;
        }

        var unit = Math.Pow(10, Math.Max(-2, Math.Floor(Math.Log10(Math.Max(value, 1e-3))) - 2));
        json.WriteRawValue((Math.Round(value / unit) * unit).ToString("0.##", CultureInfo.InvariantCulture));
    }
}
