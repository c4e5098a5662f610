package refusal

// servicePhrases holds the error_text of the codes in the tables of the functions for users, bills, services and folders (sections 5, 6, 7, 12). The
// codes of bills and folders, and DATA_IS_READ_ONLY, stand in examples alone: their texts are ours.
var servicePhrases = map[string]phrase{
	"ACCOUNT_IS_NOT_TRIAL":              {en: "User account $uid is not trial. Account group: $group", ru: "Аккаунт пользователя $uid не является пробным. Тип аккаунта: $group"},
	"ALREADY_EXISTS_ON_NSS":             {en: "Domain already exist on hosting ns servers", ru: "Данный домен уже присутсвует на NS серверах хостинга"},
	"ALREADY_EXISTS_ON_SERVER":          {en: "Domain already exist on hosting server", ru: "Данный домен уже присутствует на сервере"},
	"BILL_CAN_NOT_REMOVED":              {en: "Bill can not be removed", ru: "Счёт не может быть удалён"},
	"BILL_ID_NOT_FOUND":                 {en: "Bill not found or not owned by You", ru: "Счёт не найден или вы не являетесь его владельцем"},
	"CAN_NOT_RESEND_EMAIL":              {en: "Can not resend email", ru: "Невозможно повторно отправить email"},
	"DATA_IS_READ_ONLY":                 {en: "Data is read only", ru: "Данные доступны только для чтения"},
	"DISK_SIZE_TOO_LARGE":               {en: "Additional disk space is too large", ru: "Указан слишком большой размер дополнительного места"},
	"FIELD_VALUE_TOO_SHORT":             {en: "Value of field is too short", ru: "Значение поля слишком короткое"},
	"FOLDER_ALREADY_EXISTS":             {en: "Folder $folder_name already exists", ru: "Папка $folder_name уже существует"},
	"FOLDER_NOT_FOUND":                  {en: "Folder not found", ru: "Папка не найдена"},
	"HAS_ACTIVE_PROJECTS":               {en: "There are active projects on your account", ru: "Имеются активные проекты"},
	"INCORRECT_STATE":                   {en: "Operation allowed only for suspended or active services", ru: "Операция воможна только для активной или приостановленной услуги"},
	"INVALID_PERIOD":                    {en: "Invalid period", ru: "Неправильно задан период для услуги"},
	"INVALID_PLAN":                      {en: "Invalid service plan", ru: "Неправильный тарифный план"},
	"NEEDS_CONFIRMATION":                {en: "Service already ordered and needs confirmation.", ru: "Услуга уже заказана и требует подтверждения."},
	"ONLY_HOSTING_AND_SSL_CERTIFICATES": {en: "Mail resend allowed only for hosting and ssl certificates", ru: "Повторная отправка возможна только для хостинга и SSL-сертификатов"},
	"PROLONG_ERROR":                     {en: "Prolong error: $error_detail", ru: "Ошибка продления: $error_detail"},
	"SERVICE_BLOCKED":                   {en: "Service blocked", ru: "Сервис заблокирован"},
	"SERVICE_EXPIRED":                   {en: "Service expired", ru: "Срок действия услуги истек"},
	"SERVICE_NOT_ACTIVE":                {en: "Service not active", ru: "Услуга не активна"},
	"SERVICE_NOT_SUSPENDED":             {en: "Service not suspended", ru: "Услуга не приостановлена"},
	"SERVICE_UPGRADE_NOT_ALLOWED":       {en: "Service upgrade is not allowed", ru: "Повышение тарифа для данного сервиса запрещено"},
	"USER_LOGIN_NOT_UNIQUE":             {en: "This login already is busy", ru: "Этот логин уже занят"},
	"WAITING":                           {en: "Service already ordered but not processed.", ru: "Услуга уже заказана, но еще не отработана."},
}
