#!/usr/bin/env bash
# Akka.TestKit 1.5.74 (NuGet), .NET 10. TestScheduler is the virtual clock of the test kit. Advance(1 minute) moves its
# Now by one minute, but its MonotonicClock and HighResMonotonicClock stay on the real clock of the machine. A deadline
# that is computed from MonotonicClock, as the scheduler's interface allows, is not reached by Advance.
# Output seen:
#   Now moved by 60 s
#   MonotonicClock moved by less than 10 s
#   HighResMonotonicClock moved by less than 10 s
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >finding.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup><PackageReference Include="Akka.TestKit" Version="1.5.74" /></ItemGroup>
</Project>
XML
cat >Program.cs <<'CS'
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;

using var system = ActorSystem.Create("finding", ConfigurationFactory.ParseString(
    "akka { stdout-loglevel = off, loglevel = off, scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\" }"));
var scheduler = (TestScheduler)system.Scheduler;
var (now, monotonic, highRes) = (scheduler.Now, scheduler.MonotonicClock, scheduler.HighResMonotonicClock);
scheduler.Advance(TimeSpan.FromMinutes(1));
static string Size(TimeSpan moved) => moved < TimeSpan.FromSeconds(10) ? "less than 10 s" : $"{moved.TotalSeconds:F0} s";
Console.WriteLine($"Now moved by {(scheduler.Now - now).TotalSeconds:F0} s");
Console.WriteLine($"MonotonicClock moved by {Size(scheduler.MonotonicClock - monotonic)}");
Console.WriteLine($"HighResMonotonicClock moved by {Size(scheduler.HighResMonotonicClock - highRes)}");
CS
dotnet restore --nologo -v quiet >restore.txt 2>&1 || { tail -n 5 restore.txt; exit 77; }
dotnet run --no-restore -c Release >seen.txt
cat seen.txt
diff - seen.txt <<'TXT'
Now moved by 60 s
MonotonicClock moved by less than 10 s
HighResMonotonicClock moved by less than 10 s
TXT
