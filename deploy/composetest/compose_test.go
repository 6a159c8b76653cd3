package composetest_test

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"
)

const root = "../.."

// keys are what .env holds.
var keys = []string{"FERMATA_COMPOSE_NAME=fermata", "POSTGRES_PASSWORD=p", "FERMATA_API_KEY=fk_key", "FERMATA_SECRET_KEY=s"}

func load(ctx context.Context, env []string) (*types.Project, error) {
	o, err := cli.NewProjectOptions([]string{filepath.Join(root, "docker-compose.yml")},
		cli.WithWorkingDirectory(root), cli.WithEnv(env))
	if err != nil {
		return nil, err
	}
	return o.LoadProject(ctx)
}

func project(t *testing.T) *types.Project {
	t.Helper()
	p, err := load(t.Context(), keys)
	require.NoError(t, err)
	return p
}

// ours are the services that run the program.
func ours(p *types.Project) map[string]types.ServiceConfig {
	return maps.Collect(func(yield func(string, types.ServiceConfig) bool) {
		for name, s := range p.Services {
			if s.Build != nil && !yield(name, s) {
				return
			}
		}
	})
}

func TestServices(t *testing.T) {
	t.Parallel()
	p := project(t)
	require.ElementsMatch(t, []string{
		"postgres", "temporal-schema", "temporal", "temporal-namespace", "temporal-ui", "mail", "migrate", "api", "worker",
	}, p.ServiceNames())
	require.ElementsMatch(t, []string{"migrate", "api", "worker"}, slices.Collect(maps.Keys(ours(p))))
}

// once are the services that end; every other one must say how it is.
var once = []string{"temporal-schema", "temporal-namespace", "migrate"}

func TestEveryServiceThatStaysSaysHowItIs(t *testing.T) {
	t.Parallel()
	for name, s := range project(t).Services {
		if slices.Contains(once, name) {
			continue
		}
		require.NotNil(t, s.HealthCheck, name)
		require.NotEmpty(t, s.HealthCheck.Test, name)
		require.False(t, s.HealthCheck.Disable, name)
	}
}

func TestDependenciesWaitForTheRightState(t *testing.T) {
	t.Parallel()
	p := project(t)
	for name, s := range p.Services {
		for on, d := range s.DependsOn {
			want := types.ServiceConditionHealthy
			if slices.Contains(once, on) {
				want = types.ServiceConditionCompletedSuccessfully
			}
			require.Equal(t, want, d.Condition, "%s waits for %s", name, on)
		}
	}
	require.Contains(t, p.Services["worker"].DependsOn, "migrate")
	require.Contains(t, p.Services["api"].DependsOn, "migrate")
}

func TestPortsAreReachableFromThisMachineOnly(t *testing.T) {
	t.Parallel()
	published := map[string]string{}
	for name, s := range project(t).Services {
		for _, port := range s.Ports {
			require.Equal(t, "127.0.0.1", port.HostIP, name)
			published[port.Published] = name
		}
	}
	require.Equal(t, map[string]string{"8080": "api", "8233": "temporal-ui", "7233": "temporal", "8025": "mail"}, published)
}

func TestWithoutKeysItStopsWithOneLine(t *testing.T) {
	t.Parallel()
	_, err := load(t.Context(), nil)
	require.ErrorContains(t, err, "run make compose first")
	require.NotContains(t, strings.TrimSpace(err.Error()), "\n")
	for i, key := range keys {
		_, err := load(t.Context(), slices.Delete(slices.Clone(keys), i, i+1))
		require.ErrorContains(t, err, "run make compose first", key)
	}
	require.Equal(t, "fermata", project(t).Name)
}

// help is what the real program says about itself.
func help(t *testing.T, args ...string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "fermata")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "./cmd/fermata")
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	out, err = exec.CommandContext(t.Context(), bin, append(args, "--help")...).CombinedOutput()
	require.NoError(t, err, string(out))
	return string(out)
}

func TestEnvironmentAndCommandsAreTheProgramsOwn(t *testing.T) {
	t.Parallel()
	text := help(t)
	known := regexp.MustCompile(`\$(FERMATA_[A-Z_]+)`).FindAllStringSubmatch(text, -1)
	require.NotEmpty(t, known)
	settings := map[string]bool{}
	for _, k := range known {
		settings[k[1]] = true
	}
	for name, s := range ours(project(t)) {
		for variable := range s.Environment {
			require.True(t, settings[variable], "%s: the program has no setting %s", name, variable)
		}
		require.Len(t, s.Command, 1, name)
		require.Regexp(t, `(?m)^  `+s.Command[0]+`\b`, text, name)
	}
	for _, needed := range []string{
		"FERMATA_HTTP_ADDR", "FERMATA_DATABASE_URL", "FERMATA_TEMPORAL_ADDR", "FERMATA_SMTP_URL", "FERMATA_API_KEY", "FERMATA_SECRET_KEY",
	} {
		require.Contains(t, project(t).Services["api"].Environment, needed)
	}
}

func TestValuesAreThoseOfTheOtherServices(t *testing.T) {
	t.Parallel()
	p := project(t)
	env := func(service, name string) string {
		v := p.Services[service].Environment[name]
		require.NotNil(t, v, "%s of %s", name, service)
		return *v
	}
	for name := range ours(p) {
		require.Equal(t, "postgres://fermata:p@postgres:5432/fermata?sslmode=disable", env(name, "FERMATA_DATABASE_URL"))
		require.Equal(t, "temporal:7233", env(name, "FERMATA_TEMPORAL_ADDR"))
		require.Equal(t, "smtp://mail:1025", env(name, "FERMATA_SMTP_URL"))
		require.Equal(t, "fk_key", env(name, "FERMATA_API_KEY"))
	}
	require.Equal(t, "p", env("postgres", "POSTGRES_PASSWORD"))
	require.Equal(t, "p", env("temporal", "POSTGRES_PWD"))
	require.Equal(t, "p", env("temporal-schema", "SQL_PASSWORD"))
}

// The image runs what Compose runs, not as root, and says how it is.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	require.NoError(t, err)
	_, final, ok := strings.Cut(string(data), "\nFROM alpine")
	require.True(t, ok)
	require.Contains(t, string(data), "CGO_ENABLED=0")
	require.Regexp(t, `(?m)^USER [1-9]\d*:[1-9]\d*$`, final)
	require.Contains(t, final, "HEALTHCHECK")
	require.NotContains(t, final, "devserver")
}

// The image is built from what .dockerignore lets through: all that the program is made of, with the
// page, and nothing that was built here.
func TestImageGetsWhatItIsBuiltFrom(t *testing.T) {
	t.Parallel()
	dockerfile, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	require.NoError(t, err)
	require.Contains(t, string(dockerfile), "npm run build")
	require.Contains(t, string(dockerfile), "COPY --from=page /src/web/dist web/dist\n")
	data, err := os.ReadFile(filepath.Join(root, ".dockerignore"))
	require.NoError(t, err)
	ignore := strings.Fields(string(data))
	for _, built := range []string{"web/node_modules", "web/dist"} {
		require.Contains(t, ignore, built)
	}
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "./cmd/fermata")
	list.Dir = root
	out, err := list.Output()
	require.NoError(t, err)
	for _, pkg := range strings.Fields(string(out)) {
		if inside, ours := strings.CutPrefix(pkg, "fermata/"); ours {
			folder, _, _ := strings.Cut(inside, "/")
			require.Contains(t, ignore, "!"+folder, pkg)
		}
	}
}
