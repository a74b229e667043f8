/** What the command says of itself. */
export const USAGE = `usage: slipway init [FOLDER] [--yes] [--name NAME] [--image REPOSITORY] [--domain DOMAIN] [--port PORT]
                    [--address ADDRESS] [--user USER] [--from TARBALL|URL]
       slipway init FOLDER --template [--from TARBALL|URL]
       slipway import FILE [--yes] [--application NAME] [--stack STACK] [--secret NAME]… [--plain NAME]… [--overwrite]
       slipway upgrade TARBALL|URL|VERSION [--check]
       slipway files REPOSITORY [--into FOLDER] [--check]
       slipway badges REPOSITORY --repository OWNER/NAME

init    looks at the repository around FOLDER (default: the current folder) and writes a project into it that deploys
        what is there. It leaves alone every file that exists.
import  makes settings and secrets of the variables in FILE, a .env: it proposes which are secret, asks for each of them,
        and sets them by \`pulumi config set\`. It never shows a value, and writes nothing in plain text that looks like
        a secret.
upgrade tells what another version of this package changes, by its changelog, raises the dependency of the project in
        this folder to it, by \`npm install\`, and says what is left to do. A version is taken from where the present one
        is from: another tag of the same Git URL.
files   writes the workflows and other files that repositories/REPOSITORY.ts declares into a checkout: the same bytes
        that \`pulumi up\` commits.
badges  prints Markdown for the README: a badge for each workflow that runs on the default branch.

  --yes                    ask nothing. init: what is not known is left to be filled in; import: take what is proposed
  --name NAME              the application's name (default: the repository's)
  --image REPOSITORY       where its image is, without a tag
  --domain DOMAIN          the domain that it answers
  --port PORT              the port that it listens on
  --address ADDRESS        the server, by name or IP address
  --user USER              the user to log in as by SSH (default: deploy)
  --from TARBALL|URL       where the project gets this package from, if it does not depend on it yet
  --template               write the project as a template for \`pulumi new\`, with nothing answered
  --application NAME       whose variables they are (default: the only one of the stack)
  --stack STACK            the stack to set them in (default: the one that is selected)
  --secret NAME            this one is a secret; may be given several times
  --plain NAME             this one is none; may be given several times
  --overwrite              set anew what is set already
  --into FOLDER            the checkout (default: the current folder)
  --check                  change nothing; exit with 1 if a file differs, or there is something to raise
  --repository OWNER/NAME  where the workflows run on GitHub
  --help                   this text

examples
  slipway init infra
  slipway import ../.env
  slipway import ../.env.prod --yes --stack prod --application shop --secret SMTP_HOST --plain CACHE_KEY
  slipway upgrade ../../slipway/slipway-0.2.0.tgz
  slipway files shop --into ../shop --check

exit codes: 0 done; 1 a file differs (files --check), there is something to raise (upgrade --check), or a name in FILE
cannot be a setting (import); 2 something is wrong, which is said.
`;
