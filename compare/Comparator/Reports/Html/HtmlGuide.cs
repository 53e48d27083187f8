using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>How to read the page.</summary>
internal static class HtmlGuide
{
    public static void Write(Html html, Comparison comparison)
    {
        var options = comparison.Decision.Options;
        html.Raw("<h2 id=\"guide\">How to read this</h2>\n<div class=\"card\">");
        html.Element("p", "The same recorded traffic was replayed on the old and on the new server, several times on each. Each execution is compared with itself, so what its parameters do to it cancels out. "
            + "What differs between runs of the same server is noise; only what is larger than that noise is called a change.");
        html.Raw("<h3>The ratio</h3>").Element("p", $"is the time of a typical execution on the new server divided by that on the old one: 1.30 is 30 % slower, 0.50 twice as fast. The bar is the interval in which the true ratio lies; the grey band is the {Sentences.Percent(options.MinimumRatio - 1)} below which a change is not called a regression.");
        html.Raw("<h3>The verdicts</h3>").Element("table", () => html.Element("tbody", () => html
            .Row("\u25b2 regressed", $"The whole interval lies above {Sentences.Ratio(options.MinimumRatio)}: of the typical time or the total time, above {Sentences.Ratio(options.MinimumSlowestRatio)} of the slowest executions' own times, or above {Sentences.Ratio(options.MinimumTailRatio)} of how many are slow and by how much; and the median grew by {options.GuardMicroseconds:0} us or more, or the shape has {Sentences.Percent(options.GuardTimeShare)} of the time.")
            .Row("\u25b3 slower", "Slower for certain, but perhaps by less than what matters.")
            .Row("\u25bc improved", "The whole interval lies below what matters, on the fast side.")
            .Row("= same", $"No difference was found, and the interval leaves out changes of {Sentences.Ratio(options.SameWithinRatio)} times and more.")
            .Row("? not enough data", "The interval is too wide to say any of these. The detail says what it would take. Perhaps slower: its interval lies above 1, which among many shapes happens by chance too; executed again on both servers it can be confirmed, and is regressed then.")), "class=\"plain\"");
        html.Raw("<h3>The verdict on the whole</h3>").Element("p", $"FAIL with any regressed shape, any new error, any difference in values or numbers of rows, or any objective that is missed; what a waiver accepts does not count. UNDECIDED without these if the noise is too great, if a run cannot be trusted, or if shapes without enough data hold more than {Sentences.Percent(options.UndecidedTimeShare)} of the time. Else PASS. With such noise, or such a run, a time counts only if every run of one side is beyond every run of the other by more than {Sentences.Ratio(Decider.NoisyRatio)} times.");
        html.Raw("<h3>As a whole, noise floor, false alarms</h3>").Element("p", "What all shapes of a run have in common (a busy host, a cold cache) is taken off before shapes are compared, because two runs cannot tell it from chance; it is shown by itself. "
            + "The noise floor says how far equal runs lie apart after that. False alarms says how often this very procedure calls something changed when runs of the same server are compared with each other: it should be nearly never.");
        html.Raw("<h3>How sure is \u201cregressed\u201d?</h3>").Element("p", $"Of all shapes called regressed or improved, at most {Sentences.Percent(options.FalseDiscoveryRate)} are expected to be wrong, as long as runs of the same server differ only by chance. With few runs this borrows strength from all shapes together: no method can prove anything from two runs of a single statement.");
        html.Raw("<h3>Results</h3>").Element("p", "Rows are compared by hashes. A statement whose answers differ even between runs of the same server (clock, chance, races) is compared only as far as it is stable: by number of rows, or not at all. Another order of rows counts only as a remark.");
        html.Raw("</div>\n");
    }
}
