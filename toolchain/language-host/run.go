package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// The SDK's runner exits with bailExitCode after it has told the user the error itself.
const bailExitCode = 32

// A program that ignores SIGTERM is killed after stopGrace.
const stopGrace = 5 * time.Second

// Run executes a program against the engine's resource monitor and gives its error, if any.
func (h *host) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	options, err := readOptions(req.GetInfo())
	if err != nil {
		return nil, err
	}
	runner, err := findRunner(req.GetInfo().GetProgramDirectory(), "run")
	if err != nil {
		return nil, err
	}
	config, err := json.Marshal(req.Config)
	if err != nil {
		return nil, err
	}
	secretKeys, err := json.Marshal(append([]string{}, req.ConfigSecretKeys...))
	if err != nil {
		return nil, err
	}
	args := append(options.nodeArgs, runner)
	args = append(args, runArguments(req, h.engine)...)
	cmd, release, err := h.node(ctx, req.GetInfo().GetProgramDirectory(), args)
	if err != nil {
		return nil, err
	}
	defer release()
	cmd.Dir = req.Pwd
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(environment(os.Environ()),
		"PULUMI_CONFIG="+string(config),
		"PULUMI_CONFIG_SECRET_KEYS="+string(secretKeys),
		"PULUMI_NODEJS_TYPESCRIPT=false")
	return outcome(cmd.Run())
}

// RunPlugin executes a policy pack in its own folder and streams what it prints.
func (h *host) RunPlugin(
	req *pulumirpc.RunPluginRequest, stream grpc.ServerStreamingServer[pulumirpc.RunPluginResponse],
) error {
	if req.Kind != "analyzer" {
		return status.Errorf(codes.Unimplemented,
			"this language host runs policy packs only, not %s plugins; install the official pulumi-language-nodejs", req.Kind)
	}
	options, err := readOptions(req.GetInfo())
	if err != nil {
		return err
	}
	program := req.GetInfo().GetProgramDirectory()
	runner, err := findRunner(program, "run-policy-pack")
	if err != nil {
		return err
	}
	// The official one hands nodeargs to the runner, not to Node.
	args := append([]string{runner}, options.nodeArgs...)
	args = append(args, req.Args...)
	args = append(args, program)
	cmd, release, err := h.node(stream.Context(), program, args)
	if err != nil {
		return err
	}
	defer release()
	out := &pluginOutput{stream: stream}
	cmd.Dir = program
	cmd.Env = environment(req.Env)
	cmd.Stdout, cmd.Stderr = out.writer(toStdout), out.writer(toStderr)
	code := 0
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			return err
		}
		code = exit.ExitCode()
	}
	return out.send(&pulumirpc.RunPluginResponse{
		Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(code)},
	})
}

// node prepares a Node process that ends with ctx or with this host; release must follow its end.
func (h *host) node(ctx context.Context, dir string, args []string) (*exec.Cmd, func(), error) {
	node, err := findNode(dir)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	unlink := context.AfterFunc(h.stopped, cancel)
	h.children.Add(1)
	cmd := exec.CommandContext(ctx, node, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopGrace
	return cmd, func() { unlink(); cancel(); h.children.Done() }, nil
}

func runArguments(req *pulumirpc.RunRequest, engine string) []string {
	var args []string
	option := func(name, value string) {
		if value != "" {
			args = append(args, "--"+name, value)
		}
	}
	option("monitor", req.MonitorAddress)
	option("engine", engine)
	option("organization", req.Organization)
	option("project", req.Project)
	option("root-directory", req.GetInfo().GetRootDirectory())
	option("stack", req.Stack)
	option("pwd", req.Pwd)
	if req.DryRun {
		args = append(args, "--dry-run")
	}
	option("parallel", strconv.Itoa(int(req.Parallel)))
	entry := req.GetInfo().GetEntryPoint()
	if entry == "" {
		entry = "."
	}
	return append(append(args, entry), req.Args...)
}

func outcome(err error) (*pulumirpc.RunResponse, error) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case !errors.As(err, &exit):
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("cannot run node: %v", err)}, nil
	case exit.ExitCode() == bailExitCode:
		return &pulumirpc.RunResponse{Bail: true}, nil
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program ended with %v", exit)}, nil
	}
}

type options struct {
	nodeArgs []string
}

// readOptions reads Pulumi.yaml's runtime.options and refuses what this host does not do.
func readOptions(info *pulumirpc.ProgramInfo) (options, error) {
	var result options
	typescript := true
	for name, value := range info.GetOptions().AsMap() {
		switch name {
		case "typescript":
			typescript = value != false
		case "nodeargs":
			result.nodeArgs = strings.Fields(fmt.Sprint(value))
		case "packagemanager":
		default:
			return result, fmt.Errorf("runtime.options.%s: this language host knows typescript, nodeargs and packagemanager", name)
		}
	}
	if typescript {
		return result, errors.New("runtime.options.typescript: this language host runs TypeScript by Node itself, " +
			"without ts-node; write `typescript: false` and `main: index.ts`")
	}
	return result, nil
}

// environment adds Node's compile cache to env unless it is set there.
func environment(env []string) []string {
	for _, entry := range env {
		if strings.HasPrefix(entry, "NODE_COMPILE_CACHE=") {
			return env
		}
	}
	if dir := compileCache(); dir != "" {
		env = append(env, "NODE_COMPILE_CACHE="+dir)
	}
	return env
}
