using System.Xml.Linq;
using Replay.TestKit;

namespace Replay.Architecture.Tests;

/// <summary>The projects of the house, what each may refer to, and where its sources and its assembly are.</summary>
internal static class House
{
    /// <summary>Each project's allowed references: the one picture of the design.</summary>
    public static readonly IReadOnlyList<HouseProject> Projects =
    [
        new("capture/Workload", "Replay.Workload", []),
        new("capture/Sql", "Replay.Sql", []),
        new("capture/Protocol", "Replay.Protocol", ["Replay.Workload"]),
        new("capture/Network", "Replay.Network", []),
        new("capture/Agent", "dbcapture", ["Replay.Network", "Replay.Protocol", "Replay.Sql", "Replay.Workload"]),
        new("replay/Client", "Replay.Client", ["Replay.Protocol", "Replay.Workload"]),
        new("replay/Replayer", "dbreplay", ["Replay.Client", "Replay.Protocol", "Replay.Sql", "Replay.Statistics", "Replay.Workload"]),
        new("compare/Statistics", "Replay.Statistics", []),
        new("compare/Comparator", "dbcompare", ["Replay.Sql", "Replay.Statistics", "Replay.Workload"]),
    ];

    public static readonly string[] Programs = ["dbcapture", "dbreplay", "dbcompare"];

    public static HouseProject Find(string assembly) => Projects.Single(p => p.Assembly == assembly);

    /// <summary>A project with all that it refers to, directly or not.</summary>
    public static IReadOnlyList<HouseProject> Closure(string assembly)
    {
        var found = new List<HouseProject> { Find(assembly) };
        for (var i = 0; i < found.Count; i++)
        {
            found.AddRange(found[i].MayReference.Select(Find).Where(p => !found.Contains(p)));
        }

        return found;
    }
}

/// <summary>One production project.</summary>
/// <param name="Folder">Its folder, from the repository's root.</param>
/// <param name="Assembly">Its assembly's name.</param>
/// <param name="MayReference">The assemblies of the house that it may refer to.</param>
internal sealed record HouseProject(string Folder, string Assembly, string[] MayReference)
{
    private string Name => Folder[(Folder.IndexOf('/', StringComparison.Ordinal) + 1)..];

    public string ProjectFile => RepositoryFolder.Path(Folder, Name + ".csproj");

    public AssemblyFacts Facts => AssemblyFacts.Of(AssemblyFile);

    /// <summary>Names of the projects that the project file refers to, as assemblies.</summary>
    public IEnumerable<string> ReferencedProjects =>
        XDocument.Load(ProjectFile).Descendants("ProjectReference")
            .Select(r => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ProjectFile)!, r.Attribute("Include")!.Value)))
            .Select(file => House.Projects.SingleOrDefault(p => p.ProjectFile == file)?.Assembly ?? file);

    public IEnumerable<string> Packages => XDocument.Load(ProjectFile).Descendants("PackageReference").Select(r => r.Attribute("Include")!.Value);

    public IEnumerable<SourceFile> Sources => SourceFile.Under(RepositoryFolder.Path(Folder));

    private string AssemblyFile
    {
        get
        {
            var configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)).Name;
            return RepositoryFolder.Path(".artifacts", "bin", Name, configuration, Assembly + ".dll");
        }
    }
}
