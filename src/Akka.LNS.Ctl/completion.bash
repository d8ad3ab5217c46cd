# bash completion of lnsctl: run eval "$(lnsctl completion bash)", or write it to /etc/bash_completion.d/lnsctl
_lnsctl() {
  local line=${COMP_LINE:0:COMP_POINT} word rest suggestion
  word=${line##*[[:space:]]}
  rest=${line#*[[:space:]]}
  # bash splits the word at each character of COMP_WORDBREAKS: the part before the last of them must not be repeated
  local before=${word%"${word##*[=:]}"}
  COMPREPLY=()
  while IFS= read -r suggestion; do
    if [[ $suggestion == "$word"* ]]; then COMPREPLY+=("${suggestion#"$before"}"); fi
  done < <("${COMP_WORDS[0]}" "[suggest:$((${#rest} + 7))]" "lnsctl $rest" 2>/dev/null)
  # the value of a filter follows without a space
  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
  return 0
}
complete -o default -F _lnsctl lnsctl
