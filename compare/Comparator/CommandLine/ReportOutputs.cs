namespace Replay.Comparator;

/// <summary>Where the reports go.</summary>
internal sealed class ReportOutputs
{
    private const string StandardOutput = "-";

    private readonly List<(string Path, Action<Comparison, Stream> Write)> _reports = [];

    /// <summary>Whether a report takes standard output, which is then no place for the table.</summary>
    public bool UsesStandardOutput => _reports.Exists(report => report.Path == StandardOutput);

    /// <summary>Takes the paths given; null is not wanted.</summary>
    public static ReportOutputs Of(string? html, string? json, string? junit, string? csv, string? markdown)
    {
        var outputs = new ReportOutputs();
        outputs.Add(html, HtmlReport.Write);
        outputs.Add(json, JsonReport.Write);
        outputs.Add(junit, JUnitReport.Write);
        outputs.Add(csv, CsvReport.Write);
        outputs.Add(markdown, (comparison, stream) =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            MarkdownReport.Write(comparison, writer);
        });
        if (outputs._reports.Count(report => report.Path == StandardOutput) > 1)
        {
            throw new ComparisonException("standard output (-) can take one report only; give files for the others");
        }

        // Said before the work is done, not after.
        foreach (var (path, _) in outputs._reports.Where(report => report.Path != StandardOutput))
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            {
                throw new ComparisonException($"{path} cannot be written: there is no folder {folder}");
            }
        }

        return outputs;
    }

    /// <summary>Writes all.</summary>
    public void Write(Comparison comparison)
    {
        foreach (var (path, write) in _reports)
        {
            if (path == StandardOutput)
            {
                using var output = Console.OpenStandardOutput();
                write(comparison, output);
                continue;
            }

            WriteFile(path, comparison, write);
        }
    }

    // Beside it first: a disk that fills up costs the new report, not the one that was there. What is no file (a pipe, a device) cannot be replaced.
    private static void WriteFile(string path, Comparison comparison, Action<Comparison, Stream> write)
    {
        var isReplaced = !File.Exists(path) || (File.GetAttributes(path) & (FileAttributes.Device | FileAttributes.ReparsePoint)) == 0;
        var fresh = isReplaced ? path + ".new" : path;
        try
        {
            using (var file = new FileStream(fresh, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = OperatingSystem.IsWindows() ? null : UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
            {
                write(comparison, file);
            }

            if (isReplaced)
            {
                File.Move(fresh, path, overwrite: true);
            }
        }
        catch (IOException e)
        {
            if (isReplaced)
            {
                File.Delete(fresh);
            }

            throw new ComparisonException($"{path} was not written: {e.Message}; what was there before is untouched (free some space, or choose another folder)");
        }
    }

    private void Add(string? path, Action<Comparison, Stream> write)
    {
        if (path is not null)
        {
            _reports.Add((path, write));
        }
    }
}
