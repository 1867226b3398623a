# make run     set everything up, matte the sample portrait, open the studio where there is a display
# make test    set everything up, check and test everything that needs no GPU
# make quick   only the fast tests
# make clean   remove what the others leave behind; .venv and runs/ stay
#
# Another Python:           make run PYTHON=python3.12
# Another build of PyTorch: make run TORCH="torch==2.13.0+cu130 --index-url ADDRESS", as the README says

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
SAMPLE := resources/sample/portrait.jpg
CUTOUT := sample_cutout.png

.PHONY: run test quick clean

run: $(VENV)/.installed
	$(BIN)/matting-studio matte $(SAMPLE) -o $(CUTOUT) --overwrite
	@echo "The sample portrait ($(SAMPLE)) is cut out: see $(CUTOUT)."
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
		echo "Opening the studio on it."; \
		$(BIN)/matting-studio $(SAMPLE); \
	fi

test: $(VENV)/.tools
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -m "not gpu"

quick: $(VENV)/.tools
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -m "not slow and not gpu"

clean:
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache $(CUTOUT)
	find benchmarks core matting_studio resources tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps, so that nothing is installed twice. TORCH is obeyed whenever it is given.
$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Matting Studio needs Python 3.11 or newer, and $(PYTHON) is none." >&2; \
		echo "Install one, or name another: make PYTHON=python3.12 ..." >&2; \
		exit 1; \
	}
	@$(PYTHON) -m venv $(VENV) || { \
		echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; \
		exit 1; \
	}
	@touch $@

$(VENV)/.installed: $(VENV)/.created pyproject.toml $(if $(TORCH),ALWAYS)
	@echo "Setting up $(VENV), once. PyTorch is large: this can take some minutes."
	$(if $(TORCH),$(PIP) install $(TORCH))
	$(PIP) install --editable .
	@touch $@

$(VENV)/.tools: $(VENV)/.installed
	$(PIP) install --quiet --editable '.[dev]'
	@touch $@

.PHONY: ALWAYS
ALWAYS:
